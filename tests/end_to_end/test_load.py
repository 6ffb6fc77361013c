"""Many clerks at once: a small load run in each test run; `make bench-desk` makes the large one."""

from pathlib import Path

import pytest

from tests.benchmarks.desk import run


@pytest.mark.timeout(240)
def test_twenty_clerks_answering_at_once_lose_and_cross_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    figures = run(tickets=80, clerks=20, folder=tmp_path, seconds=90)

    with capsys.disabled():
        print(f"\n{figures}")  # noqa: T201 -- the figures are what this test is run for
    assert (figures.lost, figures.crossed, figures.twice) == (0, 0, 0)
