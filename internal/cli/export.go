package cli

import (
	"context"
	"errors"
	"fmt"

	"tcptalk/internal/export"
)

// exportCmd takes things out of a capture.
type exportCmd struct {
	HTTP      exportHTTPCmd      `cmd:"" name:"http" help:"The files that HTTP transferred."`
	Messages  exportMessagesCmd  `cmd:"" help:"The messages of any protocol as JSON, one a line."`
	SSE       exportSSECmd       `cmd:"" name:"sse" help:"The server-sent events as JSON, one a line."`
	WebSocket exportWebSocketCmd `cmd:"" name:"websocket" help:"The WebSocket messages as JSON, one a line."`
	HAR       exportHARCmd       `cmd:"" name:"har" help:"The HTTP exchanges as an HTTP Archive (HAR)."`
	Curl      exportCurlCmd      `cmd:"" name:"curl" help:"HTTP requests as curl commands."`
}

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
