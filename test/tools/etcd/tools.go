//go:build tools

// Package tools pins the etcd that the API server of the tests keeps its objects in.
package tools

import (
	_ "go.etcd.io/etcd/server/v3"
)
