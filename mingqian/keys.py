"""Make the secret keys that the platform cannot start without.

`python -m mingqian.keys [FOLDER]` writes each missing key into FOLDER (default `var/secrets`), readable by the owner only;
a key that is there stays.
"""

import base64
import os
import secrets
import sys
from pathlib import Path

#: Name of the setting, and how many random bytes it holds.
KEYS = {"MINGQIAN_SECRET_KEY": 48, "MINGQIAN_DATA_KEY": 32, "MINGQIAN_LEDGER_KEY": 32}


def make(folder: Path) -> list[str]:
    """Write the missing keys and return their names."""
    os.umask(0o077)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    made = []
    for name, size in KEYS.items():
        try:
            handle = os.open(folder / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            continue
        with os.fdopen(handle, "w") as file:
            file.write(base64.b64encode(secrets.token_bytes(size)).decode())
        made.append(name)
    return made


if __name__ == "__main__":
    target = Path(sys.argv[1] if len(sys.argv) > 1 else "var/secrets")
    for made_name in make(target):
        sys.stdout.write(f"{target / made_name}\n")
