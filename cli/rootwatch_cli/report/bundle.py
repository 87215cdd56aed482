"""From JavaScript modules to one script that a page can hold: modules import by address, and the page has none."""

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Final

_IMPORT: Final = re.compile(r'^import \{ (?P<names>[^}]+) \} from "\./(?P<module>[\w-]+)\.js";\n', re.MULTILINE)
_EXPORT: Final = re.compile(r"^export (?=(?:async )?function\*? (?P<function>\w+)|const (?P<const>\w+))", re.MULTILINE)


class BundleError(ValueError):
    """A module says something that this can't put into one script."""


def bundle(modules: Iterable[Path]) -> str:
    """The modules as one script, each in a scope of its own, in the order given: what is imported comes first.

    Understood are imports of names from a neighbour, and exported functions and constants; raises BundleError.
    """
    known: set[str] = set()
    parts = ['"use strict";']
    for path in modules:
        source = path.read_text("utf-8")
        exported = [found["function"] or found["const"] for found in _EXPORT.finditer(source)]
        if unknown := {found["module"] for found in _IMPORT.finditer(source)} - known:
            raise BundleError(f"{path.name} imports {', '.join(sorted(unknown))}, which does not come before it")
        body = _EXPORT.sub(
            "", _IMPORT.sub(lambda found: f"const {{ {found['names']} }} = ${found['module']};\n", source)
        )
        if re.search(r"^(?:import|export)\b", body, re.MULTILINE):
            raise BundleError(f"{path.name} imports or exports in a way that is not understood")
        parts.append(f"const ${path.stem} = (() => {{\n{body}return {{ {', '.join(exported)} }};\n}})();")
        known.add(path.stem)
    return "\n".join(parts) + "\n"
