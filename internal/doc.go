// Package internal is the house of tcptalk. This page is its map.
package internal
