package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"tcptalk/internal/export"
	"tcptalk/internal/session"
)

// exportHTTPCmd writes HTTP bodies as files.
type exportHTTPCmd struct {
	Out        string `required:"" short:"o" placeholder:"DIR" help:"Folder to write to; made if it is not there."`
	Connection []int  `placeholder:"N" help:"Only these connections (see \"tcptalk analyze FILE\")."`
	Requests   bool   `help:"Only what requests carry; forms are taken apart, so that uploads become files."`
	JoinRanges bool   `help:"Join the parts (206) of one thing, across connections, into one file."`
	Partial    bool   `help:"Also incomplete bodies, with (incomplete) in their names."`
	HTTP2      bool   `name:"http2" help:"Also the bodies of HTTP/2."`
	Decoded    bool   `xor:"codings" help:"Take content codings such as gzip off (the default)."`
	Raw        bool   `xor:"codings" help:"Leave content codings on."`
	Manifest   string `placeholder:"FILE" help:"Also write what was found as JSON: names, addresses, types, hashes, packets."`
	File       string `arg:"" help:"Capture file, - for standard input."`

	chooseFlags `embed:""`
}

// Help implements kong's detailed help.
func (c *exportHTTPCmd) Help() string { return helpExportHTTP }

func (c *exportHTTPCmd) run(ctx context.Context, e *env) (err error) {
	if c.Manifest != "" && c.Manifest != "-" { // rather than after the work
		if _, err := os.Lstat(c.Manifest); !errors.Is(err, fs.ErrNotExist) {
			return errors.New(manifestThere(c.Manifest))
		}
	}
	s, choice, damage, err := c.load(ctx, e, c.File, false)
	if err != nil {
		return err
	}
	defer closing(s, &err)
	w, err := export.NewWriter(c.Out)
	if err != nil {
		return err
	}
	defer closing(w, &err)
	step, end := e.progress()
	objects, err := export.HTTP(ctx, s, w, c.options(choice), step)
	end()
	files, bytes := e.tellObjects(objects)
	if err == nil && c.Manifest != "" {
		err = c.manifest(e, s, objects)
	}
	if err == nil && c.Manifest != "-" {
		_, err = fmt.Fprintln(e.stdout, written(files, bytes, c.Out))
	}
	return errors.Join(err, damage)
}

func (c *exportHTTPCmd) options(choice *export.Choice) export.HTTPOptions {
	return export.HTTPOptions{
		Partial: c.Partial, Mark: true, Raw: c.Raw, HTTP2: c.HTTP2, Requests: c.Requests, JoinRanges: c.JoinRanges,
		Hash: c.Manifest != "", Connections: c.Connection, Choice: choice,
	}
}

// tellObjects says what was not written, or not wholly, and sums the files up.
func (e *env) tellObjects(objects []export.Object) (files int, bytes uint64) {
	for i := range objects {
		o := &objects[i]
		switch {
		case o.Name == "":
			e.tell(skippedObject(o))
			continue
		case len(o.Absent) > 0 || o.Missing == export.MissingConflict:
			e.tell(notJoined(o))
		case !o.Complete:
			e.tell(incompleteObject(o))
		case o.Excess != 0:
			e.tell(excessiveObject(o))
		}
		files++
		bytes += uint64(o.Size)
	}
	return files, bytes
}

// manifest writes the manifest.
func (c *exportHTTPCmd) manifest(e *env, s *session.Session, objects []export.Object) error {
	out := outFlags{Out: c.Manifest}
	return out.write(e, func(w io.Writer) error { return export.WriteManifest(w, s, objects) })
}
