"""The parts of the report, a file each: from a summary to blocks of the document."""
