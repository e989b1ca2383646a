"""The page that a pupil's phone opens: plain HTML, CSS and JavaScript, a few kilobytes in all."""
