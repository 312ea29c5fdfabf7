"""The vendors that the sandbox speaks: one module or package each, found by folder.

A vendor's module offers:

- `reads(name)`: whether a file `<data_dir>/<vendor>/<name>.jsonl` means something;
- `routes(store)`: the Starlette routes of its API over that store;
- `environment(base_url, token)`: the variables that point its source at the sandbox.
"""

import importlib
import pkgutil
from types import ModuleType


def served_vendors() -> list[str]:
    """Return the vendor ids that the sandbox has an API for, importing none."""
    return sorted(found.name for found in pkgutil.iter_modules(__path__))


def vendor_modules() -> dict[str, ModuleType]:
    """Return every vendor's module by vendor id."""
    return {
        name: importlib.import_module(f"{__name__}.{name}") for name in served_vendors()
    }
