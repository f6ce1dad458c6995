package app

import (
	"bytes"
	"context"
	"io"
	"path/filepath"

	"tcptalk/internal/export"
	"tcptalk/internal/flow"
	"tcptalk/internal/timeline"
)

// GraphKind is what a graph shows.
type GraphKind uint8

// The kinds, in the order of the switch.
const (
	GraphTrace      GraphKind = iota // segments, acknowledgments and the window over time, as tcptrace draws them
	GraphStevens                     // a point for each segment, as in Stevens' books
	GraphThroughput                  // bytes a second
	GraphRTT
	GraphWindow
	GraphFlight
	NumGraphKinds
)

// Graphs is what the view of the graphs shows.
type Graphs struct {
	// Data are of the connection, indexed by the sender of the data; nil while they are being made. Err is why they could not be.
	Data *[2]timeline.Graph
	Err  error
	// Kind and Dir are the reader's choice.
	Kind GraphKind
	Dir  flow.Direction

	making context.CancelFunc
	busy   bool // data are being made
}

// Making says that the graphs are on their way.
func (g *Graphs) Making() bool { return g.making != nil && g.Data == nil && g.Err == nil }

// SetGraph chooses what is drawn, and of whose data.
func (a *App) SetGraph(kind GraphKind, dir flow.Direction) {
	c := a.Capture
	if c == nil || kind >= NumGraphKinds || c.Graphs.Kind == kind && c.Graphs.Dir == dir {
		return
	}
	c.Graphs.Kind, c.Graphs.Dir = kind, dir
	a.changed(GraphsChanged)
}

// makeGraphs reads the connection for its graphs in the background, if that view is shown. At first the side that sent more is
// shown.
func (a *App) makeGraphs(c *Capture) {
	g := &c.Graphs
	if g.making != nil {
		g.making()
	}
	g.busy = false
	shown := c.Shows == GraphsView
	if c.keeping && shown { // the same connection, longer
		g.making = nil
	} else if shown || g.Data != nil || g.Err != nil {
		g.Data, g.Err, g.making = nil, nil, nil
		a.changed(GraphsChanged)
	}
	if !shown || c.View == nil {
		return
	}
	if sent := c.View.Conn.Payload; sent[flow.ServerToClient] > sent[flow.ClientToServer] {
		g.Dir = flow.ServerToClient
	} else {
		g.Dir = flow.ClientToServer
	}
	ctx, cancel := context.WithCancel(c.ctx)
	g.making, g.busy = cancel, true
	v := c.View
	var data *[2]timeline.Graph
	var err error
	a.background(ctx, func() { data, err = timeline.Graphs(ctx, v) }, func() {
		g.busy = false
		cancel()
		g.Data, g.Err = data, err
		a.changed(GraphsChanged)
	})
}

// SaveGraph saves the numbers behind the graph shown as CSV under the given path, replacing what is there: the reader chose the
// name.
func (a *App) SaveGraph(path string) {
	c := a.Capture
	if c == nil || c.Graphs.Data == nil {
		return
	}
	g, v := &c.Graphs.Data[c.Graphs.Dir], c.View
	a.saveFrom(c, path, func() error {
		return writeTo(path, func(w io.Writer) error { return g.WriteCSV(w, v) })
	})
}

// SaveBytes saves what the window drew under the given path, replacing what is there: the reader chose the name.
func (a *App) SaveBytes(path string, b []byte) {
	if c := a.Capture; c != nil {
		a.saveFrom(c, path, func() error {
			return writeTo(path, func(w io.Writer) error {
				_, err := io.Copy(w, bytes.NewReader(b))
				return err
			})
		})
	}
}

// writeTo writes a file, whole or not at all.
func writeTo(path string, fill func(io.Writer) error) error {
	w, err := export.NewWriter(filepath.Dir(path))
	if err != nil {
		return err
	}
	defer w.Close()
	return w.Replace(filepath.Base(path), fill)
}
