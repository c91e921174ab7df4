"""The paper's table 1, figure 5 and figure 7 on your target, and what a few labels buy, as DVC stages
(dvc.yaml in this folder)."""
