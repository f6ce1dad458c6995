package main

import (
	"io"
	"os"
	"os/signal"
	"sync"
	"syscall"
)

// watch closes stop when whoever started this program is gone or wants it to end: standard input ended, nobody reads
// standard output any more, or a signal came.
func watch(stop chan<- struct{}) {
	var once sync.Once
	end := func() { once.Do(func() { close(stop) }) }
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin) // however it ends: nobody holds the other end
		end()
	}()
	go func() {
		waitForReader(os.Stdout)
		end()
	}()
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	<-signals
	end()
}
