// Package render turns reports into files: XLSX, DOCX and PNG. It counts nothing.
package render
