package lesson

import "tcptalk/internal/narrate"

// refusal is why a case in one file is not opened or written, in every language.
type refusal narrate.Text

// Error implements error.
func (r *refusal) Error() string { return r[narrate.English] }

// Say says it in a reader's language.
func (r *refusal) Say(l narrate.Lang) string { return narrate.Text(*r).In(l) }

var (
	errNoBundle = &refusal{
		"this is no case: a zip with case.yaml and capture.pcapng is wanted", "这不是案例文件：应为包含 case.yaml 和 capture.pcapng 的 zip",
	}
	errBundleSize  = &refusal{"the file is larger than 64 MB", "文件超过 64 MB"}
	errTextSize    = &refusal{"the text is larger than 128 kB", "文字超过 128 kB"}
	errCaptureSize = &refusal{
		"the recording is larger than 64 MB: save the packets that matter as a capture of their own first", "抓包超过 64 MB：请先把要用的包另存为一份抓包",
	}
	errCaptureKind = &refusal{
		"the recording is neither pcapng nor pcap, or it is compressed once more", "抓包既不是 pcapng 也不是 pcap，或又被压缩过",
	}
	errCaptureTwice = &refusal{"there is more than one recording", "里面有不止一份抓包"}
)

// BundleWriter takes the recording of a case, as much as may be in one.
type BundleWriter struct{ b []byte }

// Write implements io.Writer; it refuses what is too much.
func (w *BundleWriter) Write(b []byte) (int, error) {
	if len(w.b)+len(b) > MaxBundleCapture {
		return 0, errCaptureSize
	}
	w.b = append(w.b, b...)
	return len(b), nil
}

// Bytes is what was written.
func (w *BundleWriter) Bytes() []byte { return w.b }
