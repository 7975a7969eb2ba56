"""Reports of a run: one document, as a self-contained HTML file and as a PDF."""

from reports.build import build
from reports.output import write
from reports.tables import Tables

__all__ = ["Tables", "build", "write"]
