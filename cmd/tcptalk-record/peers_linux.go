package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"tcptalk/cases"
	"tcptalk/internal/capture/pcapfile"
	"tcptalk/internal/export"
	"tcptalk/internal/session"
)

// folder makes a directory for the time of a take.
func (s *stage) folder() (string, error) {
	dir, err := os.MkdirTemp("", "tcptalk-record-*")
	if err == nil {
		// Programs that give up root have to read it.
		err = os.Chmod(dir, 0o755)
		s.mu.Lock()
		s.folders = append(s.folders, dir)
		s.mu.Unlock()
	}
	return dir, err
}

// inFolder writes a file where a server finds it under its path.
func inFolder(dir, uri string, content []byte) error {
	if uri == "/" {
		uri = "/index.html"
	}
	file := filepath.Join(dir, uri)
	return errors.Join(os.MkdirAll(filepath.Dir(file), 0o755), os.WriteFile(file, content, 0o644))
}

// removeFolders takes away what folder made. Programs that were killed a moment ago may have started others, which write their
// last: a folder is gone when it stays away.
func (s *stage) removeFolders() (err error) {
	const often, apart = 5, 20 * time.Millisecond
	for _, dir := range s.folders {
		var removed error
		deadline := time.Now().Add(5 * time.Second)
		for away := 0; away < often && time.Now().Before(deadline); away++ {
			if _, there := os.Lstat(dir); !errors.Is(there, fs.ErrNotExist) {
				away = 0
			}
			removed = os.RemoveAll(dir)
			time.Sleep(apart)
		}
		err = errors.Join(err, removed)
	}
	return err
}

// startServer starts a program at the server and waits until it listens on a TCP port. The namespace ends it.
func (s *stage) startServer(port uint16, name string, args ...string) error {
	return s.startProgram(port, exec.CommandContext(s.ctx, name, args...))
}

// startProgram is startServer for a program that needs more than arguments.
func (s *stage) startProgram(port uint16, cmd *exec.Cmd) error {
	var out strings.Builder
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := s.server.Start(cmd); err != nil {
		return err
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	for {
		if s.listens(port) == nil {
			return nil
		}
		select {
		case err := <-ended:
			return fmt.Errorf("%s ended: %w: %s", cmd.Path, err, strings.TrimSpace(out.String()))
		case <-time.After(20 * time.Millisecond):
		case <-s.ctx.Done():
			return s.ctx.Err()
		}
	}
}

// nginxConfig has places for the folder, and for what a server block says.
const nginxConfig = `daemon off;
master_process off;
pid %[1]s/nginx.pid;
error_log %[1]s/error.log;
events {}
http {
	types { text/html html; text/css css; application/javascript js; application/json json; image/png png; text/plain txt; }
	access_log off;
	client_body_temp_path %[1]s/body; proxy_temp_path %[1]s/proxy; fastcgi_temp_path %[1]s/fastcgi;
	uwsgi_temp_path %[1]s/uwsgi; scgi_temp_path %[1]s/scgi;
	server {
		listen 80;
		root %[1]s/www;
		%[2]s
	}
}
`

// onOne is put before the commands of programs that share a processor, atOnce before that of the one that goes first there: what it
// is sent it deals with before the sender goes on.
var (
	onOne  = []string{"taskset", "-c", "0"}
	atOnce = append(slices.Clip(onOne), "chrt", "-f", "1")
)

// nginx serves files on port 80. All of them are as old as written. under is put before its command.
func (s *stage) nginx(settings string, written time.Time, files map[string][]byte, under ...string) error {
	dir, err := s.folder()
	if err != nil {
		return err
	}
	for name, content := range files {
		file := filepath.Join(dir, "www", name)
		if err := errors.Join(os.MkdirAll(filepath.Dir(file), 0o755), os.WriteFile(file, content, 0o644), os.Chtimes(file, written, written)); err != nil {
			return err
		}
	}
	config := filepath.Join(dir, "nginx.conf")
	if err := os.WriteFile(config, fmt.Appendf(nil, nginxConfig, dir, settings), 0o644); err != nil {
		return err
	}
	command := append(slices.Clip(under), "nginx", "-p", dir, "-c", config)
	return s.startServer(80, command[0], command[1:]...)
}

// fileOf takes a file out of the recording that a case has now, so that the next one transfers the same.
func fileOf(ctx context.Context, id, uri string) (content []byte, err error) {
	b, err := cases.FS().Open(id + "/capture.pcapng")
	if err != nil {
		return nil, err
	}
	f, err := pcapfile.OpenReader(b, id)
	if err = errors.Join(err, b.Close()); err != nil {
		return nil, err
	}
	s := session.New(f)
	defer func() { err = errors.Join(err, s.Close()) }()
	if err := s.Run(ctx); err != nil {
		return nil, err
	}
	found, err := export.Collect(ctx, s, nil)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, found.Close()) }()
	i := slices.IndexFunc(found.Objects, func(o export.Object) bool { return o.URI == uri && o.Complete && !o.Request })
	if i < 0 {
		return nil, fmt.Errorf("the recording of %s has no %s", id, uri)
	}
	r, err := found.Open(i)
	if err != nil {
		return nil, err
	}
	content, err = io.ReadAll(r)
	return content, errors.Join(err, r.Close())
}
