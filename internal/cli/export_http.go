package cli

import (
	"context"
	"errors"
	"fmt"

	"tcptalk/internal/export"
)

// exportHTTPCmd writes HTTP bodies as files.
type exportHTTPCmd struct {
	Out  string `required:"" short:"o" placeholder:"DIR" help:"Folder to write to; made if it is not there."`
	File string `arg:"" help:"Capture file, - for standard input."`
}

// Help implements kong's detailed help.
func (c *exportHTTPCmd) Help() string { return helpExportHTTP }

func (c *exportHTTPCmd) run(ctx context.Context, e *env) (err error) {
	s, damage, err := load(ctx, e, c.File)
	if err != nil {
		return err
	}
	defer closing(s, &err)
	w, err := export.NewWriter(c.Out)
	if err != nil {
		return err
	}
	defer closing(w, &err)
	objects, err := export.HTTP(ctx, s, w, export.HTTPOptions{}, nil)
	var bytes uint64
	files := 0
	for i := range objects {
		o := &objects[i]
		if o.Name == "" {
			e.tell(skippedObject(o))
			continue
		}
		files++
		bytes += uint64(o.Size)
	}
	if err == nil {
		_, err = fmt.Fprintln(e.stdout, written(files, bytes, c.Out))
	}
	return errors.Join(err, damage)
}
