package pcapfile

import (
	"math"
	"math/big"
	"testing"

	"tcptalk/internal/capture"
)

// Every resolution against exact rational arithmetic.
func TestResolutionExact(t *testing.T) {
	t.Parallel()
	values := []uint64{0, 1, 999, 1000, 1_700_000_000, 1_700_000_000_123_456, 0x123456789abcdef0, math.MaxInt64, math.MaxUint64}
	for option := range 256 {
		for _, offset := range []int64{0, 3600, -3600, math.MaxInt64, math.MinInt64} {
			res := resolution{offset: offset}
			res.exp, res.binary = newResolution(byte(option))
			base := int64(10)
			if res.binary {
				base = 2
			}
			unit := new(big.Int).Exp(big.NewInt(base), big.NewInt(int64(res.exp)), nil)
			for _, v := range values {
				want := new(big.Int).SetUint64(v)
				want.Mul(want, big.NewInt(nanosPerSecond)).Div(want, unit)
				want.Add(want, new(big.Int).Mul(big.NewInt(offset), big.NewInt(nanosPerSecond)))
				got, issue := res.time(v)
				if issue == capture.TimeClamped {
					// Whole seconds at the ends of the range are given up.
					margin := new(big.Int).Abs(want)
					if margin.Add(margin, big.NewInt(2*nanosPerSecond)).Cmp(big.NewInt(math.MaxInt64)) < 0 {
						t.Errorf("tsresol %d offset %d units %d: clamped, but it is %v", option, offset, v, want)
					}
					if (got == math.MaxInt64) != (want.Sign() > 0) {
						t.Errorf("tsresol %d offset %d units %d: clamped to %d, but it is %v", option, offset, v, got, want)
					}
				} else if want.Cmp(big.NewInt(got)) != 0 {
					t.Errorf("tsresol %d offset %d units %d: %d, want %v", option, offset, v, got, want)
				}
			}
		}
	}
}

func TestUnitsPerSecond(t *testing.T) {
	t.Parallel()
	for option, want := range map[byte]uint64{0: 1, 6: 1e6, 9: 1e9, 19: 1e19, 20: 0, 127: 0, 128: 1, 138: 1024, 191: 1 << 63, 192: 0} {
		var res resolution
		res.exp, res.binary = newResolution(option)
		if got := res.unitsPerSecond(); got != want {
			t.Errorf("tsresol %d: %d, want %d", option, got, want)
		}
	}
}
