package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"tcptalk/internal/lesson"
)

// How a case came out.
const (
	asSaid      = "as the case says"
	drifted     = "drifted as it may"
	otherwise   = "otherwise"
	noLesson    = "no lesson yet"
	skipped     = "skipped"
	failed      = "failed"
	interrupted = "interrupted"
)

// outcome is how a case came out.
type outcome struct {
	lesson.Again `json:"-"`

	Case    string   `json:"case"`
	Result  string   `json:"result"`
	Tries   int      `json:"tries,omitempty"`
	Seconds float64  `json:"seconds,omitempty"`
	Absent  []string `json:"absent,omitempty"` // programs
	Failure string   `json:"failure,omitempty"`
	// Drift says in words what is otherwise and may be, Problems what may not.
	Drift    string   `json:"drift,omitempty"`
	Problems []string `json:"problems,omitempty"`

	interrupted bool
}

// fresh reports that there was no case to hold the recording against.
func (o *outcome) fresh() bool {
	return len(o.Differences) == 1 && o.Differences[0] == errNoLesson
}

// settle sets the result, and in words what led to it.
func (o *outcome) settle() {
	if !o.fresh() {
		for _, d := range o.Differences {
			o.Problems = append(o.Problems, d.Error())
		}
	}
	if o.Moved+o.Missing+o.Added > 0 {
		o.Drift = fmt.Sprintf("%d packets elsewhere, %d fewer, %d more", o.Moved, o.Missing, o.Added)
	}
	if o.Values > 0 {
		o.Drift = strings.TrimPrefix(fmt.Sprintf("%s, %d numbers not compared", o.Drift, o.Values), ", ")
	}
	switch {
	case len(o.Absent) > 0:
		o.Result = skipped
	case o.interrupted:
		o.Result = interrupted
	case o.Failure != "":
		o.Result = failed
	case o.fresh():
		o.Result = noLesson
	case len(o.Problems) > 0:
		o.Result = otherwise
	case o.Exact:
		o.Result, o.Drift = asSaid, ""
	default:
		o.Result = drifted
	}
}

// note is the last column of the table.
func (o *outcome) note() string {
	switch o.Result {
	case skipped:
		return "there is no " + strings.Join(o.Absent, ", ") + " here"
	case failed:
		return o.Failure
	case otherwise:
		return fmt.Sprintf("%d differences, the first: %s", len(o.Problems), o.Problems[0])
	}
	return o.Drift
}

// report is a whole run.
type report struct {
	Kernel string `json:"kernel"`
	// Complete is false if the run was interrupted.
	Complete bool      `json:"complete"`
	Seconds  float64   `json:"seconds"`
	Cases    []outcome `json:"cases"`
}

func seconds(d time.Duration) float64 { return d.Round(100 * time.Millisecond).Seconds() }

// reportName is the file beside the recordings that says how they came out.
const reportName = "report.json"

func (r *report) save(dir string) error {
	b, err := json.MarshalIndent(r, "", "  ")
	if err == nil {
		err = os.MkdirAll(dir, 0o755)
	}
	if err != nil {
		return err
	}
	return replaceFile(filepath.Join(dir, reportName), append(b, '\n'))
}

// status is that of the process.
func (r *report) status() int {
	bad := []string{otherwise, failed, interrupted}
	if !r.Complete || slices.ContainsFunc(r.Cases, func(o outcome) bool { return slices.Contains(bad, o.Result) }) {
		return 1
	}
	return 0
}

// maxDifferences is how many a reader wants to see of one case.
const maxDifferences = 15

// tell says how a case came out, as soon as it has.
func (w reporter) tell(o *outcome) {
	line := fmt.Sprintf("%-30s %s", o.Case, o.Result)
	if o.Tries > 0 {
		line += fmt.Sprintf(", try %d, %.1f s", o.Tries, o.Seconds)
	}
	if note := o.note(); note != "" && o.Result != otherwise {
		line += ": " + note
	}
	w.line("%s", line)
	for i, p := range o.Problems {
		if i == maxDifferences {
			w.line("    and %d more", len(o.Problems)-i)
			break
		}
		w.line("    %s", p)
	}
}

// table says at the end how all came out.
func (w reporter) table(r *report) {
	w.line("")
	w.line("%-30s %-18s %5s %7s  %s", "case", "result", "tries", "seconds", "")
	counts := map[string]int{}
	for _, o := range r.Cases {
		w.line("%s", strings.TrimRight(fmt.Sprintf("%-30s %-18s %5d %7.1f  %s", o.Case, o.Result, o.Tries, o.Seconds, o.note()), " "))
		counts[o.Result]++
	}
	total := fmt.Sprintf("%d cases in %.1f s", len(r.Cases), r.Seconds)
	for _, result := range []string{asSaid, drifted, otherwise, noLesson, skipped, failed, interrupted} {
		if counts[result] > 0 {
			total += fmt.Sprintf(" · %d %s", counts[result], result)
		}
	}
	w.line("%s · %s", total, r.Kernel)
}
