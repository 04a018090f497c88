"""Certificates to draw, and the tools that look at what was drawn."""

import io
import shutil
import subprocess
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from PIL import Image, ImageDraw

from lms.documents.certificate import CertificateFacts, CertificateWords, Detail, Signatory
from lms.rules.certificates import code_from_bytes

CODE = code_from_bytes(bytes(range(90, 107)))
CHECK = "https://learn.harbour-peers.example/check"


def make_facts(**what_matters: object) -> CertificateFacts:
    """Return the facts of an ordinary certificate, changed where a test says so."""
    facts = CertificateFacts(
        language="en",
        title="Certificate PS-2026-0017",
        organisation="Harbour Peer Network",
        name="Amina Yusuf",
        programme="Peer support specialist",
        level="Foundation level",
        covers="Peer support with adults who have lived through violence at home: first contact, "
        "safety, boundaries, and the way to other help.",
        details=(
            Detail("Issued", "3 May 2026"),
            Detail("Valid until", "2 May 2028"),
            Detail("Number", "PS-2026-0017"),
            Detail("Training", "46 hours"),
        ),
        signatories=(Signatory("Ruth Okafor", "Coordinator"), Signatory("Lena Brandt", "Trainer")),
        limits="This certificate does not qualify for therapy or legal advice.",
        code=CODE,
        check_address=CHECK,
        issued_on=date(2026, 5, 3),
        words=CertificateWords(
            heading="Certificate",
            certifies_that="This certifies that",
            has_met="has met every requirement of",
            check_at="Check this certificate at",
            code="Code",
            qr_description="QR code that opens the check page",
            link_description="Open the check page",
        ),
    )
    return replace(facts, **what_matters)


def make_mark() -> bytes:
    """Return a small PNG with a transparent ground."""
    image = Image.new("RGBA", (80, 40), (0, 0, 0, 0))
    ImageDraw.Draw(image).ellipse((4, 4, 76, 36), outline=(27, 94, 87, 255), width=5)
    file = io.BytesIO()
    image.save(file, "PNG")
    return file.getvalue()


def run_tool(*command: str) -> str:
    """Return what a tool prints, or skip the test where the tool is not installed."""
    if shutil.which(command[0]) is None:
        pytest.skip(f"{command[0]} is not installed (Debian: poppler-utils, qpdf)")
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{done.stdout}{done.stderr}"
    return done.stdout


def rendered(pdf: bytes, folder: Path, resolution: int = 150) -> Image.Image:
    """Return the page as a picture."""
    path = folder / "page.pdf"
    path.write_bytes(pdf)
    run_tool("pdftoppm", "-r", str(resolution), "-png", "-singlefile", str(path), str(folder / "p"))
    with Image.open(folder / "p.png") as image:
        return image.convert("L")
