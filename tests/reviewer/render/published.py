"""The published schemas of the formats of others, where they were installed.

    npm install --prefix DIRECTORY @microsoft/jest-sarif@1.0.0-beta.0 @umbrelladocs/rdformat-validator@1

and MKWRITE_NODE_MODULES=DIRECTORY/node_modules. They are not copied into the project.
"""

import os
from pathlib import Path

DIRECTORY = Path(os.environ.get("MKWRITE_NODE_MODULES", "node_modules"))
SARIF = DIRECTORY / "@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json"
RDFORMAT = DIRECTORY / ".bin/rdformat-validator"
MISSING = "MKWRITE_NODE_MODULES holds no {}; see tests/reviewer/render/published.py"
