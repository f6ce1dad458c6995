package proof

import (
	"context"
	"io/fs"
	"testing"

	"tcptalk/cases"
	"tcptalk/internal/capture/pcapfile"
	"tcptalk/internal/flow"
	"tcptalk/internal/lesson"
	"tcptalk/internal/session"
	"tcptalk/internal/tcp"
)

// TestQuizzesOnTheCases asks about every connection of every case: each answer is among the options, follows from the packets as
// Facts tells them, and no state that is asked for is inferred.
func TestQuizzesOnTheCases(t *testing.T) {
	kinds := map[string]int{}
	for _, c := range bundled(t) {
		b, err := fs.ReadFile(cases.FS(), c.CapturePath())
		if err != nil {
			t.Fatal(err)
		}
		file, err := pcapfile.OpenBytes(b, c.ID)
		if err != nil {
			t.Fatal(err)
		}
		s := session.New(file)
		if err := s.Run(context.Background()); err != nil {
			t.Fatal(err)
		}
		whole, err := Packets(s)
		if err != nil {
			t.Fatal(err)
		}
		for stream := range s.Streams() {
			v, err := s.View(stream)
			if err != nil {
				t.Fatal(err)
			}
			for seed := range uint64(8) {
				for _, q := range lesson.Quiz(NewTalk(v), seed) {
					kinds[q.Compute.What]++
					checkQuizQuestion(t, c.ID, v, whole, &q)
				}
			}
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}
	for _, kind := range []string{
		"", lesson.ComputeAck, lesson.ComputeSeq, lesson.ComputeClientState, lesson.ComputeServerState, lesson.ComputeNextSender,
	} {
		if kinds[kind] == 0 {
			t.Errorf("no question of kind %q in all cases", kind)
		}
	}
}

func checkQuizQuestion(t *testing.T, id string, v *session.View, whole lesson.Facts, q *lesson.Question) {
	t.Helper()
	if err := q.Valid(); err != nil {
		t.Errorf("%s, packet %d: %v", id, q.Before, err)
	}
	right, err := q.Answer(NewTalk(v))
	if err != nil {
		t.Errorf("%s, packet %d: %v", id, q.Before, err)
		return
	}
	if again, err := q.Answer(whole); err != nil || again != right {
		t.Errorf("%s, packet %d: the connection says option %d, the capture %d, %v", id, q.Before, right, again, err)
	}
	r := v.At(v.Find(q.Before))
	states := map[string]tcp.EndState{lesson.ComputeClientState: r.States[flow.ClientToServer], lesson.ComputeServerState: r.States[flow.ServerToClient]}
	if s, asked := states[q.Compute.What]; asked && s.Inferred() {
		t.Errorf("%s, packet %d: asks for a state that is inferred", id, q.Before)
	}
}
