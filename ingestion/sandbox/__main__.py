"""The sandbox from a shell: `python -m ingestion.sandbox generate | serve`."""

import argparse
import sys
from pathlib import Path

from ingestion.sandbox.generator import ensure_company, generate
from ingestion.sandbox.generator.company import SIZES
from ingestion.settings import SettingsError, load_settings


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m ingestion.sandbox")
    commands = parser.add_subparsers(dest="command", required=True)
    writing = commands.add_parser("generate", help="write the sandbox company")
    writing.add_argument("--size", choices=list(SIZES), help="default: SANDBOX_SIZE")
    writing.add_argument("--seed", type=int, help="default: SANDBOX_SEED")
    writing.add_argument("--out", type=Path, help="default: below WAREHOUSE_DIR")
    serving = commands.add_parser("serve", help="serve a data directory as vendors")
    serving.add_argument("--data", type=Path, help="default: the sandbox company")
    serving.add_argument("--port", type=int, default=8765, help="0: any free one")
    serving.add_argument(
        "--stop-with-stdin",
        action="store_true",
        help="stop when standard input ends (the starting process is gone)",
    )
    return parser


def _generate(size: str | None, seed: int | None, out: Path | None) -> Path:
    settings = load_settings()
    if size is None and seed is None and out is None:
        return ensure_company(settings)
    if out is None and settings.sandbox_data is not None:
        message = (
            f"SANDBOX_DATA={settings.sandbox_dir} is served as it is. "
            "Unset it, or name a folder with --out."
        )
        raise SettingsError(message)
    size = size or settings.sandbox_size
    seed = settings.sandbox_seed if seed is None else seed
    if out is None:
        out = settings.warehouse_dir / "sandbox" / f"{size}-{seed}"
    return generate(out, size, seed)


def main(arguments: list[str] | None = None) -> int:
    """Run one command and return the exit code."""
    options = _parser().parse_args(arguments)
    try:
        if options.command == "generate":
            folder = _generate(options.size, options.seed, options.out)
            sys.stdout.write(f"{folder}\n")
        else:
            from ingestion.sandbox.server.app import serve

            folder = options.data or ensure_company(load_settings())
            serve(folder, options.port, stop_with_stdin=options.stop_with_stdin)
    except SettingsError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
