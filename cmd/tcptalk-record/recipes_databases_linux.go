package main

import (
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// threeDatabases is about three ways to put questions and answers on a wire.
func threeDatabases() recipe {
	return recipe{id: "other-three-databases", needs: []string{"redis-server", "redis-cli", "mariadbd", "mariadb", "postgres", "initdb", "psql"}, takes: []take{
		{what: "30 commands to redis at once, then redis-cli: subscribe and publish", net: between("10.80.1"), play: redis},
		{what: "mariadb and mariadbd, no TLS", net: between("10.80.2"), play: mariadb},
		{what: "psql and postgres with SCRAM, no TLS", net: between("10.80.3"), play: postgres},
	}}
}

func redis(s *stage) error {
	dir, err := s.folder()
	if err != nil {
		return err
	}
	const port, commands = 6379, 30
	if err := s.startServer(port, "redis-server", "--port", strconv.Itoa(port), "--bind", "0.0.0.0", "--protected-mode", "no", "--save", "", "--dir", dir); err != nil {
		return err
	}
	var pipeline, answers strings.Builder
	for i := range commands {
		key := fmt.Sprintf("k%d", i+1)
		_, _ = fmt.Fprintf(&pipeline, "*3\r\n$3\r\nSET\r\n$%d\r\n%s\r\n$5\r\nvalue\r\n", len(key), key) // a builder takes everything
		answers.WriteString("+OK\r\n")
	}
	c, err := s.dial(0, port, nil)
	if err != nil {
		return err
	}
	host := s.serverIP.String()
	return inOrder(say(c, pipeline.String()), hear(c, answers.String()), s.pause(80*ms), c.Close, s.pause(20*ms), func() error {
		listener := exec.CommandContext(s.ctx, "redis-cli", "-h", host, "subscribe", "news")
		if err := s.client.Start(listener); err != nil {
			return err
		}
		err := inOrder(s.pause(300*ms), func() error { return s.runAtClient("redis-cli", "-h", host, "publish", "news", "extra extra") }, s.pause(1700*ms))
		err = errors.Join(err, listener.Process.Kill())
		_ = listener.Wait() // it was killed
		return err
	})
}

func mariadb(s *stage) error {
	dir, err := s.folder()
	if err != nil {
		return err
	}
	// The tables that it cannot do without, and an account.
	var setup strings.Builder
	setup.WriteString("create database mysql;\nuse mysql;\n")
	for _, name := range []string{"mysql_system_tables.sql", "mysql_system_tables_data.sql"} {
		part, err := os.ReadFile(filepath.Join("/usr/share/mysql", name))
		if err != nil {
			return err
		}
		setup.Write(part)
	}
	setup.WriteString("\nflush privileges;\ncreate database shop;\ncreate user 'u'@'%' identified by 'secret';\ngrant reload on *.* to 'u'@'%';\ngrant all on shop.* to 'u'@'%';\n")
	args := []string{"--no-defaults", "--user=root", "--datadir=" + dir, "--socket=" + filepath.Join(dir, "s"), "--pid-file=" + filepath.Join(dir, "p")}
	bootstrap := exec.CommandContext(s.ctx, "mariadbd", append(args, "--bootstrap")...)
	bootstrap.Stdin = strings.NewReader(setup.String())
	if err := s.runQuietly(bootstrap); err != nil {
		return err
	}
	if err := s.startServer(3306, "mariadbd", append(args, "--skip-name-resolve", "--bind-address=0.0.0.0", "--port=3306")...); err != nil {
		return err
	}
	// Somebody else has the tables for a moment, so that the first answer takes longer than an acknowledgment waits.
	other := exec.CommandContext(s.ctx, "mariadb", "--no-defaults", "-h", "127.0.0.1", "-u", "u", "-psecret", "-e",
		"flush tables with read lock; do sleep(0.2); unlock tables")
	if err := s.server.Start(other); err != nil {
		return err
	}
	defer func() { _ = other.Wait() }() // it says nothing of interest
	if err := s.sleep(100 * ms); err != nil {
		return err
	}
	const failed = 1 // the last question is about a table that is not there
	return s.exits(failed, "mariadb", "--no-defaults", "--skip-ssl", "-h", s.serverIP.String(), "-u", "u", "-psecret", "--force", "shop", "-e", strings.Join([]string{
		"create table item(id int primary key auto_increment,name varchar(40),price decimal(8,2))",
		"insert into item(name,price) values('apple',1.20),('pear',2.35),('Zwetschge',0.99)",
		"select * from item order by price", "select count(*),avg(price) from item",
		"prepare s from 'select name from item where price>?'", "set @p=1", "execute s using @p", "select * from nosuch",
	}, ";"))()
}

// runQuietly runs a program at the server to its end; what it printed becomes part of the error.
func (s *stage) runQuietly(cmd *exec.Cmd) error {
	var out strings.Builder
	cmd.Stdout, cmd.Stderr = &out, &out
	err := s.server.Start(cmd)
	if err == nil {
		err = cmd.Wait()
	}
	if err != nil {
		return fmt.Errorf("%s: %w: %s", cmd.Path, err, strings.TrimSpace(out.String()))
	}
	return nil
}

// postgres refuses to run as root, so it runs as the account of its package.
func postgres(s *stage) error {
	account, err := user.Lookup("postgres")
	if err != nil {
		return err
	}
	uid, err := strconv.Atoi(account.Uid)
	if err != nil {
		return err
	}
	gid, err := strconv.Atoi(account.Gid)
	if err != nil {
		return err
	}
	dir, err := s.folder()
	if err == nil {
		err = os.Chown(dir, uid, gid)
	}
	if err != nil {
		return err
	}
	password := filepath.Join(dir, "password")
	if err := errors.Join(os.WriteFile(password, []byte("secret"), 0o600), os.Chown(password, uid, gid)); err != nil {
		return err
	}
	as := func(name string, args ...string) *exec.Cmd {
		cmd := exec.CommandContext(s.ctx, name, args...)
		cmd.Dir = dir
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}}
		return cmd
	}
	data := filepath.Join(dir, "data")
	if err := s.runQuietly(as("initdb", "-D", data, "--auth=scram-sha-256", "--pwfile="+password, "--no-sync", "--no-locale")); err != nil {
		return err
	}
	access := filepath.Join(data, "pg_hba.conf")
	if err := errors.Join(os.WriteFile(access, []byte("host all all 0.0.0.0/0 scram-sha-256\n"), 0o600), os.Chown(access, uid, gid)); err != nil {
		return err
	}
	const port = 5432
	if err := s.startProgram(port, as("postgres", "-D", data, "-c", "listen_addresses=*", "-c", "unix_socket_directories=")); err != nil {
		return err
	}
	psql := exec.CommandContext(s.ctx, "psql", "-X", "-h", s.serverIP.String(), "-U", "postgres")
	psql.Env = append(os.Environ(), "PGPASSWORD=secret", "PGGSSENCMODE=disable")
	for _, q := range []string{
		"create table t(id serial primary key,name text)", "insert into t(name) select 'row '||g from generate_series(1,40) g",
		"select * from t where id<12", "select * from nosuch", "copy t to stdout",
	} {
		psql.Args = append(psql.Args, "-c", q)
	}
	if err := s.client.Start(psql); err != nil {
		return err
	}
	return psql.Wait()
}

// listens reports whether somebody listens on a port of the server, over loopback: what is recorded shows nothing of it.
func (s *stage) listens(port uint16) error {
	return s.server.Do(func() error {
		c, err := net.DialTimeout("tcp", fmt.Sprintf("127.0.0.1:%d", port), time.Second)
		if err == nil {
			err = c.Close()
		}
		return err
	})
}
