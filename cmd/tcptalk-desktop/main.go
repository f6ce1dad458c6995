// Command tcptalk-desktop is the desktop application.
package main

import "fyne.io/fyne/v2/app"

func main() { app.NewWithID("tcptalk").NewWindow("tcptalk").ShowAndRun() }
