"""Make the secret keys that the platform cannot start without.

`python -m mingqian.keys [FOLDER]` writes each missing key into FOLDER (default `var/secrets`), readable by the owner only;
a key that is there stays. With `--rotate-data-key` the data key is replaced and kept among the earlier ones (`docs/operating.md`).
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


def rotate(folder: Path) -> list[str]:
    """Put a new data key in place of the one in use, which goes to those that only open; return the names of the files written."""
    current, earlier = folder / "MINGQIAN_DATA_KEY", folder / "MINGQIAN_DATA_KEY_OLD"
    os.umask(0o077)
    known = earlier.read_text().split() if earlier.exists() else []
    known = [current.read_text().strip(), *(key for key in known if key != current.read_text().strip())]
    fresh = base64.b64encode(secrets.token_bytes(32)).decode()
    # The old key is safe before the new one counts: a stop in between loses nothing.
    for file, text in ((earlier, "\n".join(known)), (current, fresh)):
        written = file.with_suffix(".new")
        written.write_text(text)
        written.replace(file)
    return [earlier.name, current.name]


if __name__ == "__main__":
    arguments = [argument for argument in sys.argv[1:] if argument != "--rotate-data-key"]
    target = Path(arguments[0] if arguments else "var/secrets")
    for made_name in rotate(target) if "--rotate-data-key" in sys.argv else make(target):
        sys.stdout.write(f"{target / made_name}\n")
