"""Assessments: what a form is, and the exact score of what was answered."""
