"""De lo hallado al explorador: los datos compactos que un explorador muestra, sacados de los resultados y los pesos."""
