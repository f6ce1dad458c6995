// Package theme holds the design tokens of tcptalk (colours, type, spacing) and the Fyne theme made of them.
//
// Nothing outside this package names a colour or a type size. Every pair of colours that carries text is listed in
// Palette.Pairs and tested for contrast. Start with Palette and For.
package theme
