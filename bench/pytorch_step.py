"""The published WBDiT and DiT in eager PyTorch, float32: a training step, or a look of the sampling loop, to hold `npm run bench` against.

Written from the papers (arXiv 2411.06785; Yu et al. 2023; Peebles and Xie 2023). Needs torch, nothing else of ours does.

  python3 bench/pytorch_step.py wbdit --threads 2 --runs 10     prints one JSON object

With --on-demand it works once for every line it reads, so that `npm run bench -- train-step --pytorch` can take turns with it.
"""

import argparse
import json
import resource
import statistics

import torch
from torch import nn
from torch.nn import functional as F

from on_demand import serve, timed


class Mssa(nn.Module):
    """Attention whose query, key and value are one projection."""

    def __init__(self, dim, heads):
        super().__init__()
        self.heads = heads
        self.project = nn.Linear(dim, dim, bias=False)
        self.out = nn.Linear(dim, dim)

    def forward(self, z):
        batch, tokens, dim = z.shape
        w = self.project(z).view(batch, tokens, self.heads, -1).transpose(1, 2)
        affinity = torch.softmax(w @ w.transpose(-1, -2) * (dim // self.heads) ** -0.5, dim=-1)
        return self.out((affinity @ w).transpose(1, 2).reshape(batch, tokens, dim))


class Ista(nn.Module):
    """ReLU(y + eta (D^T y - D^T D y) - eta lambda), in the published three products."""

    def __init__(self, dim, eta=0.1, penalty=0.1):
        super().__init__()
        self.weight = nn.Parameter(torch.empty(dim, dim))
        nn.init.kaiming_uniform_(self.weight)
        self.eta, self.penalty = eta, penalty

    def forward(self, y):
        descent = F.linear(y, self.weight.t()) - F.linear(F.linear(y, self.weight), self.weight.t())
        return F.relu(y + self.eta * descent - self.eta * self.penalty)


class Attention(nn.Module):
    def __init__(self, dim, heads):
        super().__init__()
        self.heads = heads
        self.qkv = nn.Linear(dim, 3 * dim)
        self.out = nn.Linear(dim, dim)

    def forward(self, z):
        batch, tokens, dim = z.shape
        q, k, v = self.qkv(z).view(batch, tokens, 3, self.heads, -1).permute(2, 0, 3, 1, 4)
        affinity = torch.softmax(q @ k.transpose(-1, -2) * (dim // self.heads) ** -0.5, dim=-1)
        return self.out((affinity @ v).transpose(1, 2).reshape(batch, tokens, dim))


class Mlp(nn.Module):
    def __init__(self, dim):
        super().__init__()
        self.up, self.down = nn.Linear(dim, 4 * dim), nn.Linear(4 * dim, dim)

    def forward(self, y):
        return self.down(F.gelu(self.up(y), approximate="tanh"))


class Block(nn.Module):
    def __init__(self, kind, dim, heads):
        super().__init__()
        self.attend = Mssa(dim, heads) if kind == "wbdit" else Attention(dim, heads)
        self.code = Ista(dim) if kind == "wbdit" else Mlp(dim)
        self.modulation = nn.Linear(dim, 6 * dim)
        nn.init.zeros_(self.modulation.weight)
        nn.init.zeros_(self.modulation.bias)

    def forward(self, z, c):
        vectors = self.modulation(F.silu(c)).unsqueeze(1).chunk(6, dim=-1)
        shift1, scale1, gate1, shift2, scale2, gate2 = vectors
        z = z + gate1 * self.attend(normalised(z) * (1 + scale1) + shift1)
        return z + gate2 * self.code(normalised(z) * (1 + scale2) + shift2)


class Denoiser(nn.Module):
    def __init__(self, kind, genes=2000, patch=10, dim=768, depth=3, heads=8):
        super().__init__()
        self.patch, self.dim = patch, dim
        self.embed = nn.Linear(patch, dim)
        self.register_buffer("position", position_code(genes // patch, dim))
        self.time = nn.Sequential(nn.Linear(256, dim), nn.SiLU(), nn.Linear(dim, dim))
        self.blocks = nn.ModuleList(Block(kind, dim, heads) for _ in range(depth))
        self.modulation = nn.Linear(dim, 2 * dim)
        self.last = nn.Linear(dim, patch)

    def forward(self, x, t):
        angles = t[:, None] * 10000 ** (-torch.arange(128, device=t.device) / 128)
        c = self.time(torch.cat([angles.cos(), angles.sin()], dim=1))
        z = self.embed(x.view(len(x), -1, self.patch)) + self.position
        for block in self.blocks:
            z = block(z, c)
        shift, scale = self.modulation(F.silu(c)).unsqueeze(1).chunk(2, dim=-1)
        return self.last(normalised(z) * (1 + scale) + shift).reshape(len(x), -1)


def normalised(z):
    return F.layer_norm(z, z.shape[-1:], eps=1e-6)


def position_code(tokens, dim):
    rates = 10000 ** (-torch.arange(dim // 4) / (dim // 4))
    angles = torch.arange(tokens)[:, None] * rates
    still = torch.zeros_like(angles)
    return torch.cat([still, still + 1, angles.sin(), angles.cos()], dim=1)


def worker(work, kind, batch, genes, device):
    """What is timed, and the model's number of parameters."""
    torch.manual_seed(0)
    model = Denoiser(kind, genes).to(device)
    optimiser = torch.optim.AdamW(model.parameters(), lr=1e-4, weight_decay=0.01)
    beta = torch.linspace(1e-4, 0.02, 1000, device=device)
    alpha_bar = torch.cumprod(1 - beta, 0)
    x = torch.randn(batch, genes, device=device)

    def step():
        t = torch.randint(1, 1000, (batch,), device=device)
        noise = torch.randn_like(x)
        signal = alpha_bar[t][:, None]
        loss = F.mse_loss(model(signal.sqrt() * x + (1 - signal).sqrt() * noise, t.float()), noise)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        return loss.item()

    @torch.no_grad()
    def look(i=500):
        """A step of DDPM's ancestral sampling (Ho et al. 2020, algorithm 2)."""
        noise = model(x, torch.full((batch,), float(i), device=device))
        mean = (x - beta[i] / (1 - alpha_bar[i]).sqrt() * noise) / (1 - beta[i]).sqrt()
        return (mean + beta[i].sqrt() * torch.randn_like(x))[0, 0].item()  # a number on the CPU: a GPU is done with it

    parameters = sum(p.numel() for p in model.parameters())
    return {"step": step, "look": look}[work], parameters


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("kind", choices=["wbdit", "dit"])
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--runs", type=int, default=10)
    parser.add_argument("--batch", type=int, default=16)
    parser.add_argument("--genes", type=int, default=2000)
    parser.add_argument("--work", choices=["step", "look"], default="step")
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--on-demand", action="store_true")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    task, parameters = worker(options.work, options.kind, options.batch, options.genes, options.device)
    task()
    if options.on_demand:
        serve(task, version=torch.__version__, parameters=parameters)
        return
    runs = [timed(task) for _ in range(options.runs)]
    seconds = sorted(run["seconds"] for run in runs)
    print(
        json.dumps(
            {
                "torch": torch.__version__,
                "parameters": parameters,
                "medianSeconds": statistics.median(seconds),
                "minSeconds": seconds[0],
                "maxSeconds": seconds[-1],
                "medianCpuSeconds": statistics.median(run["cpuSeconds"] for run in runs),
                "runs": options.runs,
                "peakMemoryBytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
            }
        )
    )


if __name__ == "__main__":
    main()
