package app

import "slices"

// Zooms are the sizes that the window can be shown in, in percent. Fyne rounds to tenths.
var Zooms = []int{80, 90, 100, 110, 120, 130, 150, 170, 200}

// normalZoom is the size that the system chooses.
const normalZoom = 100

// validZoom is the size that is nearest to z.
func validZoom(z int) int {
	if z <= 0 {
		return normalZoom
	}
	best := Zooms[0]
	for _, x := range Zooms {
		if max(x-z, z-x) < max(best-z, z-best) {
			best = x
		}
	}
	return best
}

// ZoomBy shows everything by so many steps larger or, if negative, smaller; 0 goes back to the normal size.
func (a *App) ZoomBy(steps int) {
	a.Set(func(s *Settings) {
		if steps == 0 {
			s.Zoom = normalZoom
			return
		}
		s.Zoom = Zooms[min(max(slices.Index(Zooms, s.Zoom)+steps, 0), len(Zooms)-1)]
	})
}
