"""Sums up a test run: sum.py STEPS_PASSED STEPS_FAILED FOLDER. Fails if anything failed, or nothing passed."""

import pathlib
import re
import sys
import xml.etree.ElementTree

passed, failed, folder = int(sys.argv[1]), int(sys.argv[2]), pathlib.Path(sys.argv[3])
skipped = 0

for log in folder.glob("*.cargo"):
    text = re.sub(r"\x1b\[[0-9;]*m", "", log.read_text(errors="replace"))
    for result in re.finditer(r"^test result: \w+\. (\d+) passed; (\d+) failed; (\d+) ignored", text, re.MULTILINE):
        passed += int(result[1])
        failed += int(result[2])
        skipped += int(result[3])

for report in folder.glob("*.xml"):
    for suite in xml.etree.ElementTree.parse(report).iter("testsuite"):
        bad = int(suite.get("failures", 0)) + int(suite.get("errors", 0))
        left_out = int(suite.get("skipped", 0))
        passed += int(suite.get("tests", 0)) - bad - left_out
        failed += bad
        skipped += left_out

print(f"{passed} passed, {failed} failed, {skipped} skipped")
sys.exit(1 if failed or not passed else 0)
