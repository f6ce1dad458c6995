package diagnose

// The names as data formats write them.
var (
	opinionNames = [NumOpinions]string{
		"", "late_original", "sent_anew", "tail_probe", "timer_resend", "loss_repair", "cut_smaller", "needless_resend",
		"ack_without_effect", "opens_too", "captured_twice", "duplicated_on_way", "same_packet_twice", "hole_reordered",
		"hole_lost", "hole_not_captured", "answers_keep_alive", "answers_repeat", "reports_duplicate", "reports_gap",
		"signals_mptcp", "window_probe", "answers_window_probe", "offloaded_segment",
	}
	confidenceNames = [...]string{Ambiguous: "ambiguous", Likely: "likely", Proven: "proven"}
	ruleNames       = [NumRules]string{
		"", "ip_id", "timestamp", "dsack", "sack", "interface", "ttl", "copies", "timer", "backoff", "tail", "outstanding",
		"acked", "echo", "size", "closed_window", "protocol",
	}
	closingNames = [NumClosingClasses]string{
		"open", "unanswered", "refused", "in_three", "in_four", "crossing", "half_closed", "one_way", "reset_delivered",
		"reset_mid_transfer", "reset_unread", "reset_closed_socket", "reset_closing", "reset_idle", "reset_keep_alive",
		"reset_unused",
	}
)

// String returns the opinion's name, "" for none.
func (c OpinionCode) String() string { return named(opinionNames[:], int(c)) }

// String returns "ambiguous", "likely" or "proven".
func (c Confidence) String() string { return named(confidenceNames[:], int(c)) }

// String returns the rule's name.
func (r Rule) String() string { return named(ruleNames[:], int(r)) }

// String returns the class's name.
func (c ClosingClass) String() string { return named(closingNames[:], int(c)) }

func named(names []string, i int) string {
	if i < len(names) {
		return names[i]
	}
	return ""
}
