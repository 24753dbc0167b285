"""Builds the self-contained pages: `verify.html`, which checks a draw offline, and `witness.html`, a witness's device without network.

    python -m mingqian.verifier.verify_page.build verify|witness OUT

A page opened from disk cannot import ES modules, so the verifier's modules are put one after another into one classic
script, each in a function of its own. Only plain forms are understood (`import { a, b } from './x.js';` or `'../y/x.js'`,
and `export` before a declaration or of a list at the end); anything else stops the build instead of
giving a page that half works. The same sources give the same bytes, so the digest of the page can be published. Standard library only.
"""

import base64
import hashlib
import posixpath
import re
import sys
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
MODULES = HERE.parent / "static" / "verifier"


@dataclass(frozen=True)
class Page:
    """A page: the module and function that start it, its style sheets (below `MODULES` or beside this file), its template."""

    entry: str
    start: str
    styles: tuple[str, ...]
    template: str


VERIFY = Page("page/standalone.js", "startStandalone", ("page/verifier.css", "page.css"), "verify.html")
WITNESS = Page(
    "witness/offline.js", "startOffline", ("page/verifier.css", "witness/witness.css", "page.css"), "witness.html"
)
PAGES = {"verify": VERIFY, "witness": WITNESS}

IMPORT = re.compile(r"^import \{([^}]*)\} from '(\.{1,2}/[\w/-]+\.js)';\n", re.MULTILINE)
EXPORT = re.compile(r"^export (?=(?:async )?function\*? (\w+)|(?:const|class) (\w+))", re.MULTILINE)
LISTED = re.compile(r"^export \{([^}]*)\};\n?", re.MULTILINE)
# What those above have not taken; JSDoc comments name types as `import('./x.js').T`, which is no code.
LEFTOVER = re.compile(r"^\s*(?:import|export)\b.*|^(?!\s*/?\*).*\bimport(?:\.meta|\().*", re.MULTILINE)
NAME = re.compile(r"[A-Za-z_$][\w$]*")


class BuildError(ValueError):
    """The sources are not in the form that the builder understands."""


def _names(listed: str, name: str) -> list[str]:
    names = [item.strip() for item in listed.split(",") if item.strip()]
    if not all(NAME.fullmatch(item) for item in names):
        raise BuildError(f"{name}: only plain names can be imported and exported, not {listed.strip()!r}")
    return names


def _imports(source: str, name: str) -> list[tuple[list[str], str]]:
    found = []
    for names, module in IMPORT.findall(source):
        found.append((_names(names, name), posixpath.normpath(posixpath.join(posixpath.dirname(name), module))))
    return found


def _order(entry: str, sources: dict[str, str], seen: list[str], path: tuple[str, ...]) -> None:
    """Appends `entry` to `seen` after all that it imports."""
    if entry in path:
        raise BuildError(f"modules import each other: {' -> '.join([*path, entry])}")
    if entry in seen:
        return
    sources[entry] = (MODULES / entry).read_text(encoding="utf-8")
    for _, module in _imports(sources[entry], entry):
        _order(module, sources, seen, (*path, entry))
    seen.append(entry)


def _wrap(name: str, source: str, exports: dict[str, list[str]]) -> str:
    """One module as a function that returns its exports."""
    head = []
    for names, module in _imports(source, name):
        missing = [item for item in names if item not in exports[module]]
        if missing:
            raise BuildError(f"{name}: {module} does not export {', '.join(missing)}")
        head.append(f"const {{ {', '.join(names)} }} = modules[{module!r}];\n")
    exports[name] = [function or value for function, value in EXPORT.findall(source)]
    exports[name] += [item for listed in LISTED.findall(source) for item in _names(listed, name)]
    body = LISTED.sub("", EXPORT.sub("", IMPORT.sub("", source)))
    left = LEFTOVER.search(body)
    if left:
        raise BuildError(f"{name}: not understood: {left.group(0).strip()!r}")
    foot = f"return {{ {', '.join(exports[name])} }};\n"
    return f"modules[{name!r}] = (() => {{\n{''.join(head)}{body.strip()}\n{foot}}})();\n"


def build_script(page: Page = VERIFY) -> str:
    """All modules that a page needs as one classic script, the entry started at its end."""
    sources: dict[str, str] = {}
    order: list[str] = []
    _order(page.entry, sources, order, ())
    exports: dict[str, list[str]] = {}
    parts = [_wrap(name, sources[name], exports) for name in order]
    script = "(() => {\n'use strict';\nconst modules = {};\n" + "".join(parts)
    # The page's worker is the same script, and has no document.
    script += f"if (typeof document !== 'undefined') modules[{page.entry!r}].{page.start}();\n}})();\n"
    if "</script" in script.lower() or "<!--" in script:
        raise BuildError("the script holds what would end or hide an inline script")
    return script


def _csp(script: str, css: str) -> str:
    """No network at all, and no script or style but these two, named by their digests."""

    def source(text: str) -> str:
        return "'sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() + "'"

    return (
        f"default-src 'none'; script-src {source(script)}; style-src {source(css)}; img-src data:; "
        "worker-src blob:; connect-src 'none'; form-action 'none'; base-uri 'none'"
    )


def _style(name: str) -> str:
    return ((MODULES if "/" in name else HERE) / name).read_text(encoding="utf-8")


def build(page: Page = VERIFY) -> bytes:
    """The page. The same sources give the same bytes.

    Raises:
        BuildError: a module is not in the form that the builder understands.
    """
    script = build_script(page)
    css = "".join(_style(name) for name in page.styles)
    if "</style" in css.lower():
        raise BuildError("the style sheet holds what would end it")
    fills = {"csp": _csp(script, css), "css": css, "script": script}
    template = (HERE / page.template).read_text(encoding="utf-8")
    # A formatter of templates puts blanks between the braces; the policy would then stand there unfilled.
    if sorted(re.findall(r"\{\{(.*?)\}\}", template)) != sorted(fills):
        raise BuildError("the template does not hold each of {{csp}}, {{css}} and {{script}} once, written so")
    return re.sub(r"\{\{(\w+)\}\}", lambda match: fills[match.group(1)], template).encode()


def main(arguments: list[str]) -> int:
    """Writes a page to the file named and prints its digest as `sha256sum` does."""
    if len(arguments) != 2 or arguments[0] not in PAGES:
        sys.stderr.write("usage: python -m mingqian.verifier.verify_page.build verify|witness OUT\n")
        return 2
    name, out = arguments
    page = build(PAGES[name])
    Path(out).write_bytes(page)
    sys.stdout.write(f"{hashlib.sha256(page).hexdigest()}  {out}\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
