package sqlite

import (
	"errors"
	"os"
	"syscall"

	"huiying/incident"
)

// acquire takes the database for this process. The kernel gives the lock free when the
// process ends, however it ends.
func acquire(path string) (*os.File, error) {
	f, err := os.OpenFile(path+".lock", os.O_CREATE|os.O_RDWR, 0o600) //nolint:gosec // beside the database
	if err != nil {
		return nil, fault(path, err)
	}
	err = syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if err == nil {
		return f, nil
	}
	if errors.Is(err, syscall.EWOULDBLOCK) {
		err = &incident.Error{
			Code: incident.CodeRefused, Err: err,
			Text: "已有一个回应程序在使用这个数据库：" + path + "。请先停止它，或用配置项 storage.dir 换一个数据目录。",
		}
	}
	return nil, errors.Join(err, f.Close())
}

// noLock is the lock of a process that works beside the one that holds it.
type noLock struct{}

// Close implements io.Closer.
func (noLock) Close() error { return nil }
