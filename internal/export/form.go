package export

import (
	"context"
	"errors"
	"io"
	"strings"

	"tcptalk/internal/proto/body"
	"tcptalk/internal/proto/http1"
	"tcptalk/internal/proto/multipart"
)

// form writes the parts of a multipart request as files: uploads under their own names, fields under those of the fields.
func (o *HTTPObjects) form(ctx context.Context, obj Object, h *http1.Head, sp *spool) error {
	raw, err := sp.reader(o.w, h.Stray)
	if err != nil {
		return &WriteError{"a temporary file", o.w.dir, o.w.files, o.w.bytes, reason(err)}
	}
	defer raw.Close()
	plain, stop := decoded(raw, obj.Codings)
	defer stop()
	obj.Codings = nil // they were on all of the body, not on its parts
	before := len(o.list)
	err = multipart.Parts(plain, obj.ContentType, func(p multipart.Part) error { return o.part(ctx, obj, p) })
	cut := errors.Is(err, io.ErrUnexpectedEOF)
	if err != nil && !cut && !errors.Is(err, multipart.ErrDamaged) && !errors.Is(err, multipart.ErrTooMany) {
		return err
	}
	toldOf := cut && len(o.list) > before && o.list[len(o.list)-1].Missing == string(body.Truncated)
	if err != nil && !toldOf {
		obj.Skipped, obj.Complete = SkipForm, false
		o.list = append(o.list, obj)
	}
	return nil
}

// part writes one part of a form. One that is not whole is left out unless such things are wanted.
func (o *HTTPObjects) part(ctx context.Context, obj Object, p multipart.Part) error {
	obj.Part, obj.ContentType, obj.Lacks = p.Name, p.Type, 0
	name := p.FileName[strings.LastIndexAny(p.FileName, `/\`)+1:]
	if name == "" {
		name = p.Name
	}
	if name == "" {
		name = objectName(&obj)
	}
	name = SafeText(name)
	if o.opt.Mark && !obj.Complete {
		name = fit(name, incompleteMark)
	}
	content := &partReader{r: p.Content, cutIsEnd: o.opt.Partial}
	err := o.writeBody(ctx, &obj, name, content)
	if errors.Is(err, errCutPart) {
		obj.Skipped, obj.Complete, err = SkipIncomplete, false, nil
	}
	if content.cut {
		obj.Complete, obj.Missing = false, string(body.Truncated)
	}
	if err == nil {
		o.list = append(o.list, obj)
	}
	return err
}

// errCutPart says that a form ends inside a part.
var errCutPart = errors.New("the form ends inside a part")

// partReader reads a part, and may take its being cut off for its end.
type partReader struct {
	r        io.Reader
	cutIsEnd bool
	cut      bool
}

func (p *partReader) Read(b []byte) (int, error) {
	n, err := p.r.Read(b)
	if !errors.Is(err, io.ErrUnexpectedEOF) {
		return n, err
	}
	p.cut = true
	if p.cutIsEnd {
		return n, io.EOF
	}
	return n, errCutPart
}

// decoded returns a reader of raw without its codings; stop ends it.
func decoded(raw io.Reader, codings []string) (plain io.Reader, stop func()) {
	if len(codings) == 0 {
		return raw, func() {}
	}
	r, w := io.Pipe()
	done := make(chan struct{})
	go func() {
		defer close(done)
		_, how, err := body.Copy(w, raw, codings, 0)
		switch how {
		case body.Whole:
		case body.Trailing:
			err = nil // all of the form is there
		default:
			err = io.ErrUnexpectedEOF // what is behind that cannot be had
		}
		w.CloseWithError(err)
	}()
	return r, func() {
		_ = r.Close() // always nil; whoever writes learns of it
		<-done
	}
}
