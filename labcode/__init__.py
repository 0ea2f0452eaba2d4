"""labcode: el paquete detrás de *Redes convolucionales*."""

__version__ = "0.1.0"
