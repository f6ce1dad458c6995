package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"tcptalk/internal/lesson"
)

// TestReport: the table and the file say of each case how it came out, and why.
func TestReport(t *testing.T) {
	outcomes := []outcome{
		{Case: "good", Tries: 1, Seconds: 1.5, Again: lesson.Again{Exact: true, Added: 2}},
		{Case: "moved", Tries: 2, Again: lesson.Again{Moved: 3, Added: 1}},
		{Case: "numbers", Tries: 1, Again: lesson.Again{Values: 2}},
		{Case: "wrong", Tries: 5, Again: lesson.Again{Differences: []error{errors.New("packet 5 is blue"), errors.New("and large")}}},
		{Case: "new", Tries: 1, Again: lesson.Again{Differences: []error{errNoLesson}}},
		{Case: "absent", Absent: []string{"nginx", "curl"}},
		{Case: "broken", Tries: 1, Failure: "no room"},
		{Case: "stopped", Tries: 1, Failure: "context canceled", interrupted: true},
	}
	r := report{Kernel: "Linux 1.2", Complete: true, Seconds: 9}
	for _, o := range outcomes {
		o.settle()
		r.Cases = append(r.Cases, o)
	}
	var out bytes.Buffer
	(reporter{&out}).table(&r)
	text := strings.Join(strings.Fields(out.String()), " ")
	for _, want := range []string{
		"good as the case says 1 1.5", "moved drifted as it may 2 0.0 3 packets elsewhere, 0 fewer, 1 more",
		"numbers drifted as it may 1 0.0 2 numbers not compared", "wrong otherwise 5 0.0 2 differences, the first: packet 5 is blue",
		"new no lesson yet 1", "absent skipped 0 0.0 there is no nginx, curl here", "broken failed 1 0.0 no room", "stopped interrupted 1",
		"8 cases in 9.0 s · 1 as the case says · 2 drifted as it may · 1 otherwise · 1 no lesson yet · 1 skipped · 1 failed · 1 interrupted · Linux 1.2",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not in\n%s", want, &out)
		}
	}
	dir := t.TempDir()
	if err := r.save(dir); err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(filepath.Join(dir, reportName))
	if err != nil {
		t.Fatal(err)
	}
	var back report
	if err := json.Unmarshal(b, &back); err != nil || len(back.Cases) != len(outcomes) || back.Cases[3].Problems[1] != "and large" {
		t.Errorf("%v: %s", err, b)
	}
	for i, status := range []int{0, 0, 0, 1, 0, 0, 1, 1} {
		if got := (&report{Complete: true, Cases: r.Cases[i : i+1]}).status(); got != status {
			t.Errorf("%s: status %d", r.Cases[i].Case, got)
		}
	}
	if (&report{}).status() != 1 {
		t.Error("an interrupted run is no success")
	}
}
