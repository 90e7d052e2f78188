"""What is fuzzed: an area makes the input of a numbered execution, and runs it.

An input follows from (area, seed, number) and the files at hand alone.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from random import Random
from typing import Protocol

from tests.fuzz.anonymizing import anonymize
from tests.fuzz.archives import ARCHIVE_MUTATIONS, make_archive
from tests.fuzz.command_line import run_commands
from tests.fuzz.discs import DISC_MUTATIONS, Disc
from tests.fuzz.findings import Execution, Finding
from tests.fuzz.host import Host
from tests.fuzz.mutations import BYTE_MUTATIONS, ELEMENT_MUTATIONS, Mutation, mutated
from tests.fuzz.seeds import Seed
from tests.fuzz.sessions import Sessions
from tests.fuzz.stream_mutations import STREAM_MUTATIONS
from tests.fuzz.whole import WholeProgram
from tests.fuzz.written_discs import without_others, write_disc

Inputs = dict[str, bytes]
_FILES_OF_A_FOLDER = 24
_LARGEST_MEMBER = 20_000
FILE_TASK = "tests.fuzz.chain:run_file"
_INSPECTION_TASK = "tests.fuzz.inspecting:run_inspection"
_DISC_TASK = "tests.fuzz.chain:run_disc"
_COMPARE_TASK = "tests.fuzz.written_discs:compare"


class Area(Protocol):
    """One way to fuzz."""

    name: str
    share: float  # of the time

    def inputs(self, execution: Execution) -> Inputs:
        """Make the files of an execution, by name."""
        ...

    def run(self, inputs: Inputs, execution: Execution) -> list[Finding]:
        """Take them through the program."""
        ...

    def close(self) -> None:
        """End all processes."""
        ...


def source_of(execution: Execution) -> Random:
    """Give the random source of an execution."""
    return Random(f"{execution.area} {execution.seed} {execution.number}")


def _one_of(seeds: Sequence[Seed], random: Random) -> Seed:
    """Choose a file of one origin or another, a small one more often: more is done with these."""
    origin = random.choice(sorted({seed.origin for seed in seeds}))
    among = [seed for seed in seeds if seed.origin == origin]
    return min(random.choice(among), random.choice(among), key=lambda seed: len(seed.data))


class FileArea:
    """One file at a time, in a child that lives on."""

    def __init__(
        self, name: str, share: float, seeds: Sequence[Seed], mutations: Sequence[Mutation],
        folder: Path, task: str
    ) -> None:  # fmt: skip
        self.name, self.share = name, share
        self._seeds = tuple(seeds)
        self._others = tuple(seed.data for seed in seeds)
        self._mutations = tuple(mutations)
        self._folder = folder / name
        (self._folder / "alone").mkdir(parents=True)  # what lies beside a file may be shown with it
        self._task = task
        self.host = Host(str(self._folder))
        self._runs = 0

    def inputs(self, execution: Execution) -> Inputs:
        random = source_of(execution)
        seed = _one_of(self._seeds, random)
        return {
            "mutant": mutated(seed.data, random, self._others, self._mutations),
            "seed": seed.data,
        }

    def run(self, inputs: Inputs, execution: Execution) -> list[Finding]:
        # names of their own: what was parsed is remembered by name, size and time
        self._runs += 1
        mutant = self._folder / "alone" / f"mutant{self._runs}"
        seed = self._folder / f"seed{self._runs}"
        mutant.write_bytes(inputs["mutant"])
        seed.write_bytes(inputs["seed"])
        try:
            return self.host.run(self._task, str(mutant), str(seed))
        finally:
            mutant.unlink()
            seed.unlink()

    def close(self) -> None:
        self.host.close()


class DiscArea:
    """A disc whose index is damaged."""

    name, share = "dicomdir", 0.1

    def __init__(self, folder: Path) -> None:
        self._disc = Disc()
        self._root = folder / "disc"
        self._disc.write(self._root)
        self._host = Host(str(folder))

    def inputs(self, execution: Execution) -> Inputs:
        random = source_of(execution)
        weighed = (*DISC_MUTATIONS * 5, *ELEMENT_MUTATIONS, *BYTE_MUTATIONS)
        others = tuple(self._disc.files.values())
        return {"DICOMDIR": mutated(self._disc.index, random, others, weighed)}

    def run(self, inputs: Inputs, execution: Execution) -> list[Finding]:
        (self._root / "DICOMDIR").write_bytes(inputs["DICOMDIR"])
        return self._host.run(_DISC_TASK, str(self._root))

    def close(self) -> None:
        self._host.close()


class ArchiveArea:
    """A ZIP archive with a damaged directory or damaged files."""

    name, share = "zip", 0.1

    def __init__(self, seeds: Sequence[Seed], folder: Path) -> None:
        self._seeds = tuple(seed for seed in seeds if len(seed.data) < _LARGEST_MEMBER)
        self._folder = folder / self.name
        (self._folder / "alone").mkdir(parents=True)
        self._host = Host(str(self._folder))
        self._runs = 0

    def inputs(self, execution: Execution) -> Inputs:
        random = source_of(execution)
        archive = make_archive([seed.data for seed in random.sample(self._seeds, 4)], random)
        return {"a.zip": mutated(archive, random, (archive,), ARCHIVE_MUTATIONS)}

    def run(self, inputs: Inputs, execution: Execution) -> list[Finding]:
        self._runs += 1
        path = self._folder / "alone" / f"{self._runs}.zip"
        path.write_bytes(inputs["a.zip"])
        try:
            return self._host.run(_DISC_TASK, str(path))
        finally:
            path.unlink()

    def close(self) -> None:
        self._host.close()


class FolderArea:
    """A folder of mutants, through something that takes folders."""

    def __init__(self, name: str, share: float, seeds: Sequence[Seed], folder: Path) -> None:
        self.name, self.share = name, share
        self._seeds = tuple(seeds)
        self._others = tuple(seed.data for seed in seeds)
        self._folder = folder / name
        self._runs = 0

    def inputs(self, execution: Execution) -> Inputs:
        random = source_of(execution)
        mutations = (*BYTE_MUTATIONS, *ELEMENT_MUTATIONS, *STREAM_MUTATIONS)
        chosen = [_one_of(self._seeds, random).data for _ in range(_FILES_OF_A_FOLDER)]
        return {
            f"f{number:02}": mutated(data, random, self._others, mutations)
            for number, data in enumerate(chosen)
        }

    def _written(self, inputs: Inputs) -> Path:
        self._runs += 1
        folder = self._folder / str(self._runs)
        folder.mkdir(parents=True)
        for name, data in inputs.items():
            (folder / name).write_bytes(data)
        return folder


class WholeArea(FolderArea):
    """Folders through scan, catalogue, decoding and display."""

    def __init__(self, seeds: Sequence[Seed], folder: Path) -> None:
        super().__init__("whole", 0.12, seeds, folder)
        self._program = WholeProgram()

    def run(self, inputs: Inputs, execution: Execution) -> list[Finding]:
        folder = self._written(inputs)
        try:
            return list(self._program.run(str(folder), len(inputs)))
        finally:
            shutil.rmtree(folder)

    def close(self) -> None:
        self._program.close()


class CommandArea(FolderArea):
    """Folders through the commands of a terminal."""

    def __init__(self, seeds: Sequence[Seed], folder: Path) -> None:
        super().__init__("commands", 0.06, seeds, folder)

    def run(self, inputs: Inputs, execution: Execution) -> list[Finding]:
        folder = self._written(inputs)
        try:
            return list(run_commands(str(folder), list(inputs), source_of(execution)))
        finally:
            shutil.rmtree(folder)
            shutil.rmtree(f"{folder}.out", ignore_errors=True)

    def close(self) -> None:
        """Nothing: each command ends what it starts."""


class SessionArea(FolderArea):
    """Folders in one window, opened one after the other."""

    def __init__(self, seeds: Sequence[Seed], folder: Path) -> None:
        super().__init__("session", 0.12, seeds, folder)
        self._folder.mkdir()
        self._sessions = Sessions(str(self._folder))

    def run(self, inputs: Inputs, execution: Execution) -> list[Finding]:
        folder = self._written(inputs)
        try:
            return self._sessions.run(str(folder), source_of(execution))
        finally:
            shutil.rmtree(folder)

    def close(self) -> None:
        self._sessions.close()


class WrittenArea(FolderArea):
    """Folders written as discs, which must show what the folders show."""

    def __init__(self, seeds: Sequence[Seed], folder: Path) -> None:
        super().__init__("written", 0.1, seeds, folder)
        self._folder.mkdir()
        self._host = Host(str(self._folder))

    def run(self, inputs: Inputs, execution: Execution) -> list[Finding]:
        folder = self._written(inputs)
        disc = folder.with_suffix(".disc")
        try:
            found, places = write_disc(str(folder), len(inputs), str(disc))
            if places:
                without_others(str(folder), places)
                found += self._host.run(_COMPARE_TASK, str(folder), str(disc), places)
            return found
        finally:
            shutil.rmtree(folder)
            shutil.rmtree(disc, ignore_errors=True)

    def close(self) -> None:
        self._host.close()


class AnonymizedArea(FolderArea):
    """Folders de-identified, of which nothing may be left that names anybody."""

    def __init__(self, seeds: Sequence[Seed], folder: Path) -> None:
        super().__init__("anonymized", 0.1, seeds, folder)

    def run(self, inputs: Inputs, execution: Execution) -> list[Finding]:
        folder = self._written(inputs)
        out = folder.with_suffix(".out")
        try:
            return list(anonymize(str(folder), str(out), source_of(execution)))
        finally:
            shutil.rmtree(folder)
            shutil.rmtree(out, ignore_errors=True)

    def close(self) -> None:
        """Nothing: the command ends what it starts."""


AREAS = (
    *("headers", "codecs", "inspected", "dicomdir", "zip", "whole", "commands", "session"),
    *("written", "anonymized"),
)


def areas(
    names: Sequence[str], seeds: Sequence[Seed], folder: Path, task: str = FILE_TASK
) -> Iterator[Area]:
    """Make the areas of these names; their processes begin with them.

    Parameters
    ----------
    task : str
        "module:function" that takes one file through everything.
    """

    def files(share: float, mutations: Sequence[Mutation], of: Sequence[Seed], task: str) -> Area:
        return FileArea(name, share, of, mutations, folder, task)

    compressed = [seed for seed in seeds if seed.compressed]
    elements = (*ELEMENT_MUTATIONS * 2, *BYTE_MUTATIONS)
    streams = (*STREAM_MUTATIONS * 3, *BYTE_MUTATIONS, *ELEMENT_MUTATIONS)
    makers: dict[str, Callable[[], Area]] = {
        "headers": lambda: files(0.38, elements, seeds, task),
        "codecs": lambda: files(0.28, streams, compressed, task),
        "inspected": lambda: files(0.2, elements, seeds, _INSPECTION_TASK),
        "dicomdir": lambda: DiscArea(folder),
        "zip": lambda: ArchiveArea(seeds, folder),
        "whole": lambda: WholeArea(seeds, folder),
        "commands": lambda: CommandArea(seeds, folder),
        "session": lambda: SessionArea(seeds, folder),
        "written": lambda: WrittenArea(seeds, folder),
        "anonymized": lambda: AnonymizedArea(seeds, folder),
    }
    for name in names:
        yield makers[name]()
