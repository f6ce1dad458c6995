package pcapfile

import "testing"

// FuzzReader checks that any input is read without panic, the same in every way, and ends with an error of ours.
func FuzzReader(f *testing.F) {
	for _, file := range fixtures(f) {
		f.Add(file)
		f.Add(file[:len(file)/2])
	}
	f.Add([]byte{})
	f.Add([]byte("GIF89a"))
	f.Add(le.block(blockSection, le.u32(ngByteOrderMark), le.u16(1, 0)))
	f.Fuzz(func(t *testing.T, file []byte) {
		checkRead(t, file)
	})
}
