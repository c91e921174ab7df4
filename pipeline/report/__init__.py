"""The report: one self-contained HTML page with the result, its pictures, and what it rests on."""
