package lesson

import (
	"testing"

	"tcptalk/cases"
)

// BenchmarkLoad reads all bundled cases, which every start waits for.
func BenchmarkLoad(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Load(cases.FS()); err != nil {
			b.Fatal(err)
		}
	}
}
