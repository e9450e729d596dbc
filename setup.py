"""What the declarative build cannot say: content from beside the package, compiled catalogues."""

import shutil
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from setuptools import setup
from setuptools.command.build_py import build_py

HERE = Path(__file__).parent
CONTENT = ("migrations", "questions")
"""Folders of the checkout that stand in the package as `_migrations` and `_questions`."""


class BuildPackage(build_py):
    """Copies the modules, then the content and the catalogues."""

    def run(self) -> None:
        """Build; an editable install reads the checkout, and needs none of it."""
        super().run()
        if self.editable_mode:
            return
        target = Path(self.build_lib, "quizapp")
        for name in CONTENT:
            shutil.rmtree(target / f"_{name}", ignore_errors=True)
            shutil.copytree(
                HERE / name, target / f"_{name}", ignore=shutil.ignore_patterns("__pycache__")
            )
        for source in sorted(HERE.glob("quizapp/translations/*/LC_MESSAGES/*.po")):
            compiled = Path(self.build_lib, source.relative_to(HERE)).with_suffix(".mo")
            compiled.parent.mkdir(parents=True, exist_ok=True)
            with source.open("rb") as text, compiled.open("wb") as binary:
                write_mo(binary, read_po(text))


setup(cmdclass={"build_py": BuildPackage})
