"""An opening is told to whoever has to do with it, inside its transaction; what follows from it is in `aftermath`.

The draw knows nothing of what comes of it: burden, joint visits, warnings, limits and notices listen.
"""

from django.dispatch import Signal

#: With `user` and `draw`.
draw_opened = Signal()
#: With `user`, `supplement`, and the teams `before` and `after` it (subject → certificate numbers).
supplement_opened = Signal()
