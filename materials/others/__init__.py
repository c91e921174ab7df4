"""The drawings of class `other`, a file per sort of print or cloth; `kinds` lists them."""
