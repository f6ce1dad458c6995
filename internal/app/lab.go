package app

import (
	"context"
	"errors"
	"time"

	"tcptalk/internal/capture/live"
	"tcptalk/internal/lab"
)

// Lab is what the page of the laboratory shows.
type Lab struct {
	Scenarios []*lab.Scenario
	// At is the scenario chosen, Values what was set of its parameters and of the others', as written; by scenario and name.
	At     int
	Values map[string]map[string]string
	// waiting is the scenario that is to run as soon as it is known whether this computer can capture, "" for none.
	waiting string
}

// LabRun is a scenario whose packets are captured.
type LabRun struct {
	Scenario *lab.Scenario
	// Steps are what both ends did and saw so far.
	Steps []lab.Step
	// Over says that it was played to its end, or that Err kept it from that.
	Over bool
	Err  *lab.Failure

	run    *lab.Run
	ctx    context.Context
	cancel context.CancelFunc
	played bool // it was begun
}

// ShowLab shows the page of the laboratory.
func (a *App) ShowLab() {
	if a.Page == LabPage || a.asksFirst(a.ShowLab) {
		return
	}
	a.closeCapture()
	if a.Lab.Scenarios == nil {
		a.Lab.Scenarios = lab.All()
	}
	a.Page = LabPage
	a.changed(PageChanged | LabChanged)
	if !a.Setup.Examined && !a.Setup.Examining {
		a.Examine()
	}
}

// ChooseScenario chooses the scenario whose parameters are shown.
func (a *App) ChooseScenario(i int) {
	if i >= 0 && i < len(a.Lab.Scenarios) && i != a.Lab.At {
		a.Lab.At = i
		a.changed(LabChanged)
	}
}

// Scenario is the one chosen.
func (l *Lab) Scenario() *lab.Scenario { return l.Scenarios[l.At] }

// Value is a parameter as it is written: what the reader set, or its default.
func (l *Lab) Value(s *lab.Scenario, p *lab.Param) string {
	if v, ok := l.Values[s.ID][p.Name]; ok {
		return v
	}
	return p.Format(p.Default)
}

// SetLabValue sets a parameter of the scenario chosen.
func (a *App) SetLabValue(name, text string) {
	l := &a.Lab
	id := l.Scenario().ID
	if l.Values == nil {
		l.Values = map[string]map[string]string{}
	}
	if l.Values[id] == nil {
		l.Values[id] = map[string]string{}
	}
	l.Values[id][name] = text
	a.changed(LabChanged)
}

// Problem is what is wrong with the value of a parameter, nil if nothing is.
func (l *Lab) Problem(s *lab.Scenario, p *lab.Param) *lab.Failure {
	_, err := p.Parse(l.Value(s, p))
	return labFailure(err)
}

// values reads the parameters of a scenario.
func (l *Lab) values(s *lab.Scenario) (lab.Values, error) {
	v := lab.Values{}
	for i := range s.Params {
		p := &s.Params[i]
		n, err := p.Parse(l.Value(s, p))
		if err != nil {
			return nil, err
		}
		v[p.Name] = n
	}
	return v, nil
}

// Takes is about how long the scenario chosen will take; ok is false if a parameter cannot be read.
func (l *Lab) Takes() (d time.Duration, ok bool) {
	v, err := l.values(l.Scenario())
	if err != nil {
		return 0, false
	}
	return l.Scenario().Takes(v), true
}

// RunLab plays a scenario and shows its packets live. Where this computer cannot capture it opens the recording of the same
// scenario, and says so.
func (a *App) RunLab(id string) {
	s, ok := lab.Find(id)
	if !ok || a.asksFirst(func() { a.RunLab(id) }) {
		return
	}
	if !a.Setup.Examined {
		a.Lab.waiting = id
		if !a.Setup.Examining {
			a.Examine()
		}
		return
	}
	if !a.Setup.Diagnosis.Ready() || a.Setup.loopback() == "" {
		a.host.Notify(Notice{Bad: true, Text: noticeLabRecording})
		a.OpenCase(s.Case)
		return
	}
	values, err := a.Lab.values(s)
	var run *lab.Run
	if err == nil {
		run, err = s.Prepare(context.Background(), lab.Place{}, values)
	}
	if err != nil {
		a.host.Notify(Notice{Bad: true, Text: noticeLabFailed, Detail: a.labWords(labFailure(err))})
		return
	}
	r := &LabRun{Scenario: s, run: run}
	r.ctx, r.cancel = context.WithCancel(context.Background())
	a.startLive(live.Spec{
		Tool: a.Setup.Diagnosis.Tool, Interfaces: []string{a.Setup.loopback()}, Filter: run.Filter(), Immediate: true,
		Limits: live.Limits{Duration: s.Takes(values) + labPatience},
	}, r)
}

// labPatience is how much longer than its pauses a scenario is captured at most.
const labPatience = time.Minute

// labReady runs the scenario that waited for the examination.
func (a *App) labReady() {
	if id := a.Lab.waiting; id != "" {
		a.Lab.waiting = ""
		a.RunLab(id)
	}
}

// labFailure returns what a person can be told about an error of the laboratory, nil for none.
func labFailure(err error) *lab.Failure {
	var f *lab.Failure
	if err != nil && !errors.As(err, &f) {
		f = &lab.Failure{What: lab.Text{"The scenario failed", "实验失败"}, Err: err}
	}
	return f
}

// labWords says in the reader's language what went wrong.
func (a *App) labWords(f *lab.Failure) string {
	text := f.What[a.Lang()]
	if f.Err != nil {
		text += ": " + a.cause(f.Err)
	}
	return text
}

// playLab plays the scenario of a capture as soon as packets are taken.
func (a *App) playLab(c *Capture) {
	r := c.Live.Lab
	if r == nil || r.played || c.Live.State.Phase == live.Starting {
		return
	}
	r.played = true
	go func() {
		err := r.run.Play(r.ctx, func(s lab.Step) {
			a.host.Post(func() {
				r.Steps = append(r.Steps, s)
				a.changed(LabChanged)
			})
		})
		a.host.Post(func() { a.labPlayed(c, err) })
	}()
}

// labLinger is how long after its end packets of a scenario may still come.
const labLinger = 300 * time.Millisecond

// labPlayed ends the capture with the scenario.
func (a *App) labPlayed(c *Capture, err error) {
	r := c.Live.Lab
	if r.Over = true; !errors.Is(err, context.Canceled) {
		r.Err = labFailure(err)
	}
	a.changed(LabChanged)
	recording := c.Live.recording
	if a.Capture == c {
		time.AfterFunc(labLinger, recording.Stop)
	}
}

// labEnded gives back what the scenario of a capture that has ended may still hold.
func (a *App) labEnded(c *Capture) {
	if r := c.Live.Lab; r != nil {
		r.cancel()
		if !r.played {
			r.run.Close()
		}
	}
}
