"""Prints, as JSON, why each of the requirements files given is not met by this interpreter; a file that is met is left out.

Knows what the examples' files hold: comments, `name`, `name>=1.2`.
"""

import json
import re
import sys
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Dict, Optional, Tuple


def main() -> None:
    reasons: Dict[str, str] = {}
    for path in sys.argv[1:]:
        for line in Path(path).read_text(encoding="utf-8").splitlines():
            reason = why_unmet(line.partition("#")[0].strip())
            if reason is not None:
                reasons.setdefault(path, reason)
    print(json.dumps(reasons))


def why_unmet(requirement: str) -> Optional[str]:
    name, _, oldest = requirement.partition(">=")
    if not name:
        return None
    try:
        present = version(name)
    except PackageNotFoundError:
        return f"{name} is not installed"
    return None if numbers(present) >= numbers(oldest) else f"{name} {present} is older than {oldest}"


def numbers(text: str) -> Tuple[int, ...]:
    return tuple(int(number) for number in re.findall(r"\d+", text))


main()
