"""Settings of the property tests."""

from hypothesis import settings

# A slow machine is no failure.
settings.register_profile("draw", deadline=None)
settings.load_profile("draw")
