package lesson

import (
	"errors"
	"fmt"
	"slices"

	"tcptalk/internal/narrate"
)

// refusal is why a case is not opened or written, in every language.
type refusal narrate.Text

// refuse says it with arguments, of which a narrate.Text is said in the language of the rest.
func refuse(said narrate.Text, args ...any) *refusal {
	var r refusal
	for l := range said {
		in := slices.Clone(args)
		for i, a := range in {
			if t, ok := a.(narrate.Text); ok {
				in[i] = t[l]
			}
		}
		r[l] = fmt.Sprintf(said[l], in...)
	}
	return &r
}

// at says in which item of a list, counted from 1, something is wrong.
func at(what string, i int, err error) error {
	place := fmt.Sprintf("%s %d", what, i+1)
	var r *refusal
	if !errors.As(err, &r) {
		return fmt.Errorf("%s: %w", place, err)
	}
	return &refusal{narrate.English: place + ": " + r[narrate.English], narrate.Chinese: placeInChinese(place) + "：" + r[narrate.Chinese]}
}

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

	errPayload = &refusal{
		"payload: want two numbers, the first byte and the one after the last", "payload：应为两个数字，即第一个字节和最后一个字节之后的位置",
	}
	errTimes  = &refusal{"choices: times: want a number, or the least and the most", "choices：times：应为一个数字，或最少和最多两个数字"}
	errAnswer = &refusal{"answer: want either compute and offer, or choice and choices", "answer：要么是 compute 和 offer，要么是 choice 和 choices"}
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
