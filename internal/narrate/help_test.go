package narrate

import (
	"testing"

	"tcptalk/internal/tcp"
)

func TestHelpPagesAreWhole(t *testing.T) {
	ids := map[string]bool{}
	groups := map[HelpGroup]int{}
	last := HelpGroup(0)
	for _, p := range HelpPages() {
		if p.ID == "" || ids[p.ID] {
			t.Errorf("the page %q has no name of its own", p.ID)
		}
		ids[p.ID] = true
		groups[p.Group]++
		if p.Group < last {
			t.Errorf("%s is not with its group", p.ID)
		}
		last = p.Group
		for l := range Lang(NumLangs) {
			if p.Title.In(l) == "" || len(p.Text) == 0 || p.Group.Name(l) == "" {
				t.Errorf("%s has no title or text in %v", p.ID, l)
			}
			for _, text := range p.Text {
				if text.In(l) == "" {
					t.Errorf("%s lacks a paragraph in %v", p.ID, l)
				}
			}
		}
	}
	if len(groups) != NumHelpGroups || groups[HelpStates] != tcp.NumStates-1 {
		t.Errorf("%v", groups)
	}
	for _, id := range []string{"bubble", "flag.SYN", "state.TIME-WAIT", "label.zero_window", "ours.tail_probe", "ending.in_three"} {
		if !ids[id] {
			t.Errorf("there is no page %s", id)
		}
	}
}

func TestHelpIsSearched(t *testing.T) {
	for words, want := range map[string]string{"busy, blocked": "label.zero_window", "零窗口 缓冲区满": "label.zero_window", "TIME-wait minute": "state.TIME-WAIT"} {
		found := 0
		for _, p := range HelpPages() {
			if p.Matches(words) {
				found++
				if p.ID != want {
					t.Errorf("%q finds %s", words, p.ID)
				}
			}
		}
		if found != 1 {
			t.Errorf("%q finds %d pages", words, found)
		}
	}
}
