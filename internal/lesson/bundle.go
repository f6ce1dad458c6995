package lesson

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"

	"tcptalk/internal/narrate"
)

// BundleExt ends the name of a case in one file: a zip of the lesson and its recording.
const BundleExt = ".tcpcase"

// Bounds of a case in one file. It may come from anybody: nothing of it is written to a disk, its names are compared and never
// used as paths, its texts are plain text, and what comes out of the zip is counted while it comes.
const (
	// MaxBundle is the largest file that is read.
	MaxBundle = 64 << 20
	// MaxBundleCapture is the largest recording in it.
	MaxBundleCapture = 64 << 20
)

// bundleCaptures are the names that the recording may have.
var bundleCaptures = []string{captureName, "capture.pcap"}

// IsBundle reports that a file is named as a case in one file.
func IsBundle(path string) bool { return strings.EqualFold(filepath.Ext(path), BundleExt) }

// OpenBundle reads a case of somebody's own from one file, and its recording. Whatever the bytes are, it takes no more memory than
// MaxBundleCapture and some for the text, and touches nothing but them.
func OpenBundle(b []byte) (c *Case, capture []byte, err error) {
	if len(b) > MaxBundle {
		return nil, nil, errBundleSize
	}
	text, capture, err := unpack(b)
	if err != nil {
		return nil, nil, err
	}
	if !plainCapture(capture) {
		return nil, nil, errCaptureKind
	}
	form, err := parseForm(text)
	if err != nil {
		return nil, nil, fmt.Errorf("%s: %w", caseName, err)
	}
	if c, err = form.sharedCase(); err != nil {
		return nil, nil, fmt.Errorf("%s: %w", caseName, err)
	}
	return c, capture, nil
}

// unpack takes the two files out of a zip that holds nothing else.
func unpack(b []byte) (text, capture []byte, err error) {
	z, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		return nil, nil, errNoBundle
	}
	for _, f := range z.File {
		into, most := &text, int64(maxCaseSize)
		switch {
		case f.Name == caseName && text == nil:
		case slices.Contains(bundleCaptures, f.Name) && capture != nil:
			return nil, nil, errCaptureTwice
		case slices.Contains(bundleCaptures, f.Name):
			into, most = &capture, MaxBundleCapture
		default:
			return nil, nil, refuse(narrate.Text{"%q does not belong into a case", "%q 不应出现在案例文件里"}, f.Name)
		}
		if *into, err = unzip(f, most); err != nil {
			return nil, nil, err
		}
	}
	if text == nil || capture == nil {
		return nil, nil, errNoBundle
	}
	return text, capture, nil
}

// ReadBundle reads a case of somebody's own from a file.
func ReadBundle(path string) (c *Case, capture []byte, err error) {
	st, err := os.Stat(path)
	if err != nil {
		return nil, nil, err
	}
	if !st.Mode().IsRegular() {
		return nil, nil, errNoBundle
	}
	if st.Size() > MaxBundle {
		return nil, nil, errBundleSize
	}
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, nil, err
	}
	return OpenBundle(b)
}

// unzip reads a file of a zip, at most so many bytes of it whatever its header says.
func unzip(f *zip.File, most int64) ([]byte, error) {
	tooLarge := errCaptureSize
	if most == maxCaseSize {
		tooLarge = errTextSize
	}
	if f.UncompressedSize64 > uint64(most) {
		return nil, tooLarge
	}
	damaged := refuse(narrate.Text{"%s: the zip is damaged", "%s：zip 已损坏"}, f.Name)
	r, err := f.Open()
	if err != nil {
		return nil, damaged
	}
	b, err := io.ReadAll(io.LimitReader(r, most+1))
	switch {
	case errors.Join(err, r.Close()) != nil:
		return nil, damaged
	case int64(len(b)) > most:
		return nil, tooLarge
	}
	return b, nil
}

// plainCapture reports that a recording is of a kind that cannot grow when it is read.
func plainCapture(b []byte) bool {
	if len(b) < 4 {
		return false
	}
	const ng, micro, nano = 0x0a0d0d0a, 0xa1b2c3d4, 0xa1b23c4d
	kinds := []uint32{ng, micro, nano}
	return slices.Contains(kinds, binary.LittleEndian.Uint32(b)) || slices.Contains(kinds, binary.BigEndian.Uint32(b))
}

// sharedCase turns the written form into a case of somebody's own. It asks for less than a bundled case does: texts in one language
// serve both, and track, level, questions and sources may be missing.
func (f *caseForm) sharedCase() (*Case, error) {
	if f.Track == "" {
		f.Track = Tracks()[0].ID
	}
	f.inOneLanguage()
	c, err := f.caseOf()
	if err != nil {
		return nil, err
	}
	c.Level, c.Minutes, c.Shared = min(max(c.Level, 1), maxLevel), min(max(c.Minutes, 0), maxMinutes), true
	return c, c.validateShared()
}

// inOneLanguage fills what is missing in one language with the other.
func (f *caseForm) inOneLanguage() {
	both := func(en, zh *string) {
		if *en == "" {
			*en = *zh
		}
		if *zh == "" {
			*zh = *en
		}
	}
	texts := []*textForm{&f.Title, &f.Summary, &f.Try}
	for i := range f.Steps {
		texts = append(texts, &f.Steps[i].Title, &f.Steps[i].Text, &f.Steps[i].Why)
	}
	for i := range f.Questions {
		texts = append(texts, &f.Questions[i].Ask, &f.Questions[i].Because)
		for k := range f.Questions[i].Choices {
			both(&f.Questions[i].Choices[k].En, &f.Questions[i].Choices[k].ZhHans)
		}
	}
	for _, t := range texts {
		both(&t.En, &t.ZhHans)
	}
}

// WriteBundle writes a case with its recording as one file. What it writes OpenBundle reads.
func WriteBundle(w io.Writer, c *Case, capture []byte) error {
	if len(capture) > MaxBundleCapture {
		return errCaptureSize
	}
	if !plainCapture(capture) {
		return errCaptureKind
	}
	if err := c.validateShared(); err != nil {
		return err
	}
	text, err := yaml.Marshal(formOf(c))
	if err != nil {
		return err
	}
	if len(text) > maxCaseSize {
		return errTextSize
	}
	z := zip.NewWriter(w)
	for _, f := range []struct {
		name string
		b    []byte
	}{{caseName, text}, {captureName, capture}} {
		in, err := z.Create(f.name)
		if err != nil {
			return err
		}
		if _, err := in.Write(f.b); err != nil {
			return err
		}
	}
	return z.Close()
}
