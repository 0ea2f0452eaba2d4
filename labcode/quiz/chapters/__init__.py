"""Las preguntas, un archivo por capítulo: `c05_l2.py` tiene las de `05_l2.ipynb`, en `QUESTIONS`."""
