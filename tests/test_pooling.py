"""El max pooling de las GPU, sin GPU: el intérprete de Triton hace los mismos programas con numpy."""

import os
import subprocess
import sys

import torch

from labcode.training import pooling

CHECK = """
import torch, torch.nn.functional as F
from labcode.training import pooling

g = torch.Generator().manual_seed(0)
for shape in ((3, 16, 8, 8), (2, 5, 7, 9), (4, 24, 31, 31), (1, 3, 2, 2), (2, 8, 3, 2)):
    for dtype in (torch.float32, torch.bfloat16):
        x = torch.randint(-3, 4, shape, generator=g).to(dtype).contiguous(memory_format=torch.channels_last)  # con empates
        ours, theirs = (x.clone(memory_format=torch.preserve_format).requires_grad_() for _ in range(2))
        y, z = pooling.max_pool2x2(ours), F.max_pool2d(theirs, 2)
        weights = torch.randn(y.shape, generator=g).to(dtype)
        (y * weights).sum().backward(), (z * weights).sum().backward()
        assert torch.equal(y, z) and torch.equal(ours.grad, theirs.grad), shape
        assert y.is_contiguous(memory_format=torch.channels_last)
nan = torch.tensor([1.0, float("nan"), 0.0, 0.0]).view(1, 1, 2, 2)
assert pooling.max_pool2x2(nan).isnan().all()
print("igual")
"""


def test_it_is_the_pooling_of_torch_with_its_gradient():
    x = torch.ones(1, 3, 4, 4).contiguous(memory_format=torch.channels_last)
    assert not pooling.pays(x)  # en CPU, el de torch
    if pooling.triton is None:  # un torch de CPU no lo trae, y no hace falta
        return
    environment = os.environ | {"TRITON_INTERPRET": "1"}
    done = subprocess.run([sys.executable, "-c", CHECK], env=environment, capture_output=True, text=True, timeout=300)
    assert done.stdout.strip() == "igual", done.stderr
