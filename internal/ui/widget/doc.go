// Package widget holds the parts that the pages of tcptalk are made of.
//
// A widget here draws itself with a Pen: a display list over pooled Fyne objects, so that drawing costs little and every
// text sits in a line box. Widgets know nothing of captures beyond the row contract of package timeline; they are told
// what to show and report what the reader did through callbacks. Everything runs on Fyne's goroutine unless a comment
// says otherwise. Start with Pen, then Timeline.
package widget
