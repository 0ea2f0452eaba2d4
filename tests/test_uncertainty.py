"""El error de una exactitud, la diferencia de dos y el máximo de varias, contra SciPy, NumPy y valores conocidos."""

import math

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy import stats

from labcode.uncertainty import Z95, difference_test, expected_maximum, sampling_error

PROPORTIONS = st.floats(0, 1, allow_nan=False)


def test_the_lecture_has_almost_one_point_of_error():
    assert 100 * sampling_error(0.56, 10_000) == pytest.approx(0.9729, abs=1e-4)
    assert pytest.approx(stats.norm.ppf(0.975)) == Z95


@settings(max_examples=1_000, deadline=None)
@given(p=PROPORTIONS, n=st.integers(1, 10**6))
def test_the_error_is_the_binomial_one(p, n):
    assert sampling_error(p, n) == pytest.approx(Z95 * stats.binom(n, p).std() / n, rel=1e-9, abs=1e-7)
    assert sampling_error(p, 4 * n) == pytest.approx(sampling_error(p, n) / 2)


@settings(max_examples=1_000, deadline=None)
@given(first=PROPORTIONS, second=PROPORTIONS, n=st.integers(1, 10**6))
def test_the_difference_is_a_z_test(first, second, n):
    assume(0.001 < first < 0.999)
    z, p_value = difference_test(first, second, n)
    spread = math.sqrt(first * (1 - first) / n + second * (1 - second) / n)
    assert z == pytest.approx((second - first) / spread, rel=1e-9, abs=1e-12)
    assert p_value == pytest.approx(2 * stats.norm.sf(abs(z)), rel=1e-6, abs=1e-12)
    swapped = difference_test(second, first, n)
    assert swapped == pytest.approx((-z, p_value))


def test_equal_networks_are_called_different_one_time_in_twenty():
    random = np.random.default_rng(1)
    pairs = random.binomial(10_000, 0.56, (20_000, 2)) / 10_000
    share = np.mean([difference_test(a, b, 10_000)[1] < 0.05 for a, b in pairs])
    assert share == pytest.approx(0.05, abs=5 * math.sqrt(0.05 * 0.95 / 20_000))


# Valores exactos conocidos: 0, 1/√π, 3/(2√π); los demás, de tablas de estadísticos de orden.
@pytest.mark.parametrize(
    ("k", "value"),
    [(1, 0), (2, 1 / math.sqrt(math.pi)), (3, 1.5 / math.sqrt(math.pi)), (5, 1.16296), (10, 1.53875), (20, 1.86748), (50, 2.24907), (100, 2.50759)],
)
def test_the_maximum_of_normals(k, value):
    assert expected_maximum(k) == pytest.approx(value, abs=5e-6)
    assert k == 1 or expected_maximum(k) < math.sqrt(2 * math.log(k))


@pytest.mark.parametrize("k", [2, 8, 40, 1000])
def test_the_maximum_is_what_a_simulation_gives(k):
    best = np.random.default_rng(2).standard_normal((20_000, k)).max(1)
    assert expected_maximum(k) == pytest.approx(best.mean(), abs=5 * best.std() / math.sqrt(20_000))


@pytest.mark.parametrize(
    ("call", "name"),
    [
        (lambda: sampling_error(56, 10_000), "p"), (lambda: sampling_error(-0.1, 10), "p"), (lambda: sampling_error(float("nan"), 10), "p"),
        (lambda: sampling_error("0.5", 10), "p"), (lambda: sampling_error(0.5, 0), "n"), (lambda: sampling_error(0.5, 10.0), "n"),
        (lambda: sampling_error(0.5, True), "n"), (lambda: difference_test(0.5, 1.2, 10), "p"), (lambda: difference_test(0.5, 0.6, -3), "n"),
        (lambda: expected_maximum(0), "k"), (lambda: expected_maximum(2.5), "k"), (lambda: expected_maximum(10**7), "k"),
    ],
)  # fmt: skip
def test_bad_numbers_are_refused(call, name):
    with pytest.raises(ValueError, match=f"`{name} = .*` no es válido"):
        call()


def test_two_perfect_networks_cannot_be_compared():
    with pytest.raises(ValueError, match="no tienen error de muestreo"):
        difference_test(1.0, 0.0, 100)
